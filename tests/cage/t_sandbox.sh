#!/bin/bash
# The cage: what is tried from inside the engine, and what the program says where a part of it cannot be had.
# 7: a descriptor that is nobody's business. Standard input has something to be stolen.
exec "$BUILD/cage/probe" "$BUILD/roms/good.fd" 7</etc/hostname <<<"a secret"
