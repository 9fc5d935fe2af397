; Enters the firmware without having loaded it.
%define DONT_LOAD
%include "loader.inc"
