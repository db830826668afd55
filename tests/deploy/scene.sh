# To be sourced by the tests here: the binary of PALABRE_BINARY, deploy/, a folder that goes at the end. A test that needs
# what is not installed skips: exit code 77, which CTest knows.
set -euo pipefail
deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy" && pwd)
program=${PALABRE_BINARY:?the binary to test}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

wrong() { echo "wrong: $*" >&2; exit 1; }
skip_without() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || { echo "skipped: $command is not installed"; exit 77; }
  done
}
same() { # WHAT IS SHOULD
  [[ $2 == "$3" ]] || wrong "$1: \"$2\" instead of \"$3\""
}

skip_without python3 # deploy/write_…
