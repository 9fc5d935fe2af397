; Does nothing wrong.
%include "loader.inc"
