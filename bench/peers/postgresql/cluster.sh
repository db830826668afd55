# Sourced after foreground.sh: a PostgreSQL cluster of the peer's own. begin_postgresql [OPTION...] makes and starts it;
# $begun is its process, and PGHOST and the like tell clients where it is: a socket that only its user and root may use.

postgresql=/usr/lib/postgresql/15/bin
export PGHOST=$directory/postgresql PGPORT=$port PGUSER=postgres PGDATABASE=postgres

as_postgres() {
  if ((EUID == 0)); then setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; else "$@"; fi
}

begin_postgresql() {
  mkdir "$PGHOST"
  ((EUID != 0)) || chown postgres: "$PGHOST"
  cd "$PGHOST" # whoever it runs as may enter it
  as_postgres "$postgresql/initdb" --pgdata "$PGHOST/data" --username postgres --encoding UTF8 --locale C \
    --auth-local trust --auth-host scram-sha-256 >>"$log" 2>&1 </dev/null || fail "initdb failed"
  cat "$peers/postgresql/postgresql.conf" >>"$PGHOST/data/postgresql.conf"
  ending=INT # SIGTERM would have it wait for its clients
  begin_as postgres "$postgresql/postgres" -D "$PGHOST/data" -k "$PGHOST" -p "$PGPORT" "$@"
  ending=TERM
  await "$postgresql/pg_isready" --quiet
  "$postgresql/psql" --quiet --no-psqlrc --set ON_ERROR_STOP=1 <"$peers/postgresql/schema.sql" >>"$log" 2>&1 ||
    fail "the schema could not be made"
}
