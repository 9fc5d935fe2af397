# What the expressions in table.tsv may use.
def f: .findings[0];
def last: .findings[-1];
def rules: [.findings[].rule];
def at($rip): .rip.address == $rip;
