#!/usr/bin/env python3
# Are all lines of standard input in this page? told.py PAGE.txt. Blanks do not matter.
import sys

page = ' '.join(open(sys.argv[1]).read().split()) + ' '
missing = [line for line in map(str.strip, sys.stdin) if ' '.join(line.split()) not in page]
print('\n'.join('not in the page: ' + line for line in missing))
sys.exit(bool(missing))
