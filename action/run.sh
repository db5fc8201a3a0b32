#!/usr/bin/env bash
# The step of action.yml. Every input is an environment variable, and no text of theirs is ever run as a script.
set -euo pipefail

cd "$INPUT_WORKING_DIRECTORY"
read -ra program <<<"$INPUT_PROGRAM"
options=()

# Adds an option with each line of a text.
each_line() {
  local option=$1 line
  while IFS= read -r line; do
    [ -z "$line" ] || options+=("$option" "$line")
  done <<<"$2"
}

case "$INPUT_COMMAND" in
  sign)
    if [ -n "$FNSEAL_PRIVATE_KEY" ]; then
      options+=(--key env://FNSEAL_PRIVATE_KEY)
    else
      options+=(--keyless)
    fi
    [ -z "$INPUT_EXPIRES" ] || options+=(--expires "$INPUT_EXPIRES")
    [ -z "$INPUT_STACK" ] || options+=(--yes)
    ;;
  verify)
    [ -z "$INPUT_TRUST_POLICY" ] || options+=(--trust-policy "$INPUT_TRUST_POLICY")
    ;;
  *)
    echo "::error::command must be sign or verify"
    exit 2
    ;;
esac
[ -z "$INPUT_BUNDLE_FOLDER" ] || options+=(--bundle-folder "$INPUT_BUNDLE_FOLDER")
each_line --function "$INPUT_FUNCTIONS"
each_line --layer "$INPUT_LAYERS"
each_line --file "$INPUT_FILES"
each_line --program "$INPUT_PROGRAMS"
[ -z "$INPUT_STACK" ] || options+=(--stack "$INPUT_STACK")

paths=()
while IFS= read -r path; do
  [ -z "$path" ] || paths+=("$path")
done <<<"$INPUT_PATHS"

status=0
result=$("${program[@]}" "$INPUT_COMMAND" --json "${options[@]}" -- ${paths[@]+"${paths[@]}"}) || status=$?
printf '%s\n' "$result"
# A value of several lines needs an end that is not among them.
end="end-$RANDOM$RANDOM$RANDOM"
printf 'result<<%s\n%s\n%s\n' "$end" "$result" "$end" >>"$GITHUB_OUTPUT"
exit "$status"
