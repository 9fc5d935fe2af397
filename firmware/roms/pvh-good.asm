; Does nothing wrong, as a PVH guest.
%define PVH 1
%include "rom.inc"
