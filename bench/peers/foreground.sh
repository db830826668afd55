# Sourced by every start script, with its own arguments: DIRECTORY PORT. What a peer's processes have in common: they
# live under one shell in the foreground, write to DIRECTORY/log, and end with it, even if it is killed.
#
#   fill_in NAME              writes DIRECTORY/NAME from NAME.in beside the script, and prints its path
#   begin COMMAND...          starts a process that belongs to the peer; $begun is its id
#   begin_as USER COMMAND...  the same as that user if we are root, which several servers refuse; else as ourselves
#   await COMMAND...          until it succeeds, while all that was begun lives; at most a minute
#   serve PID[,PID...]        prints "ready pid=..." and stays until SIGTERM, or until something begun ends
set -euo pipefail
export PATH=$PATH:/usr/sbin # where some servers are, and where only root looks

(($# == 2)) || { echo "usage: $0 DIRECTORY PORT" >&2; exit 2; }
directory=$(cd "$1" && pwd)
port=$2
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
log=$directory/log
begun_all=()
ending=TERM # the signal that ends what is begun next

accepts_connections() { (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

# Whoever has it would be taken for the peer.
! accepts_connections || { echo "${here##*/}: port $port is taken" >&2; exit 1; }

: >>"$log"
chmod 711 "$directory" # servers that are not root pass through to what is theirs
ulimit -S -n "$(ulimit -H -n)" # one descriptor for each connection
trap end_all EXIT
trap 'exit 0' TERM INT HUP

# In reverse, one after the other: a database goes after those who use it.
end_all() {
  trap '' TERM INT HUP
  local at
  for ((at = ${#begun_all[@]} - 1; at >= 0; at--)); do
    end "${begun_all[at]% *}" "${begun_all[at]#* }"
  done
}

end() {
  local pid=$1 signal=$2 deadline=$((SECONDS + 20))
  kill -s "$signal" "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    ((SECONDS <= deadline)) || kill -s KILL "$pid" 2>/dev/null || true
    sleep 0.02
  done
}

fill_in() {
  local text
  text=$(<"$here/$1.in")
  text=${text//@DIRECTORY@/"$directory"}
  text=${text//@PORT@/"$port"}
  text=${text//@FILES@/"$(ulimit -n)"}
  printf '%s\n' "$text" >"$directory/$1"
  echo "$directory/$1"
}

begin() {
  setpriv --pdeathsig "$ending" -- "$@" >>"$log" 2>&1 </dev/null &
  begun=$!
  begun_all+=("$begun $ending")
}

begin_as() {
  local identity=()
  ((EUID != 0)) || identity=(--reuid="$1" --regid="$1" --init-groups)
  shift
  begin setpriv "${identity[@]}" --pdeathsig "$ending" -- "$@" # a change of user forgets the one set before
}

is_whole() {
  local entry
  for entry in "${begun_all[@]}"; do
    kill -0 "${entry% *}" 2>/dev/null || return 1
  done
}

# fail WHY
fail() {
  echo "${here##*/}: $1; the end of its log:" >&2
  tail -n 20 "$log" >&2
  exit 1
}

await() {
  local deadline=$((SECONDS + 60))
  until "$@" >>"$log" 2>&1 </dev/null; do
    is_whole || fail "a process ended while it started"
    ((SECONDS <= deadline)) || fail "not ready within a minute"
    sleep 0.05
  done
}

serve() {
  echo "ready pid=$1"
  wait -n || true
  fail "a process ended by itself"
}
