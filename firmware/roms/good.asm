; Does nothing wrong: the near miss of every rule that a firmware could break by merely starting.
%include "rom.inc"
