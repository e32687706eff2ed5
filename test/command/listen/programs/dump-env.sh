#!/bin/sh
# And the one that shows what a program is told.
env | sort
