# "0x1f" to 31. Numbers above 2^53 lose their last bits.
def hex: ltrimstr("0x") | explode | reduce .[] as $c (0; . * 16 + (if $c > 96 then $c - 87 else $c - 48 end));
