#!/bin/sh
# websocketd's first example: count, a line a message.
for n in 1 2 3 4 5; do
  echo "$n"
done
