#!/bin/sh
# ${SENDER} and the like belong to the shell; only ${cluster.…} and ${vars.…} are the fleet's.
set -eu
while true; do
  echo "${SENDER}: looking for new orders on ${cluster.name} (dry run: ${DRY_RUN:-true})"
  touch /tmp/alive
  sleep "${POLL_SECONDS}"
done
