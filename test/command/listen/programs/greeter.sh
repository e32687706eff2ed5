#!/bin/sh
# Another one: answer each line.
while read -r name; do
  echo "Hello $name!"
done
