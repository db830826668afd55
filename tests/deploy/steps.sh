# To be sourced: steps that say what they are, and a conversation with a server, by curl.

step() { printf '  %s\n' "$*"; }
broken() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# expect WHAT COMMAND...: it succeeds.
expect() {
  local what=$1 said
  shift
  said=$("$@" 2>&1) || broken "$what"$'\n'"$said"
  step "$what"
}
expect_not() {
  local what=$1
  shift
  ! "$@" >/dev/null 2>&1 || broken "$what"
  step "$what"
}

url=   # of the server
via=() # the command that brings curl to where it is
token= room=

ask() { # METHOD PATH [JSON]
  "${via[@]}" curl -fsS --noproxy '*' --max-time 20 -X "$1" -H 'Content-Type: application/json' \
    ${token:+-H "Authorization: Bearer $token"} ${3:+-d "$3"} "$url/api/v1$2"
}
member() { sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p'; } # of a JSON object on one line

until_it_answers() {
  local deadline=$((SECONDS + 60))
  until "${via[@]}" curl -fs -o /dev/null --noproxy '*' --max-time 2 "$url/health/ready"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

begin_conversation() {
  token=$(ask POST /auth/register '{"login":"ada","password":"a quiet afternoon","display_name":"Ada"}' | member access_token)
  room=$(ask POST /rooms '{"name":"Salon"}' | member id)
  [[ $token && $room ]] || broken "nobody can register, or make a room"
}
post() { ask POST "/rooms/$room/messages" '{"body":"'"$1"'"}'; }
is_there() { [[ $(ask GET "/rooms/$room/messages") == *'"'"$1"'"'* ]]; }
log_in_again() {
  token=
  token=$(ask POST /auth/login '{"login":"ada","password":"a quiet afternoon"}' | member access_token)
  [[ $token ]]
}
