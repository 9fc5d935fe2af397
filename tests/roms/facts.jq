# For the last column of table.tsv.
def f: .findings[0];
def by(rule): first(.findings[] | select(.rule == rule));
def last: .findings[-1];
# The first finding's access, in short.
def access: f.access | "\(.gpa)+\(.size) x\(.count)";
def touched: f.access.touched | "\(.start)-\(.end)";
# What the first instruction reads as.
def insn: f.text | split(": ")[1];
# A fault: vector, error code.
def fault: f.fault | "\(.vector) \(.error_code)";
def in_module: .module == "TestPei" and .offset != null;
# What sent control astray, and where its pointer was.
def transfer: f.transfer | "\(.kind) \(.instruction): \(.register // .memory.gpa) held \(.value)";
# How the frames of the backtrace were found.
def found: [f.backtrace[].found] | join(",");
# Who wrote what it is about.
def wrote: f.writer | "\(.kind) \(.instruction): \(.store.value) over \(.store.old) at \(.store.gpa)";
def pointer: f.pointer | "\(.register) \(.value) from \(.memory.gpa)";
def exits(kind): .timeline.exits[] | select(.kind == kind).count;
# Limits that were met, with their values; each has an option that raises it.
def met: [.limits_reached[]? | select(.option == "--limit \(.limit)=N") | "\(.limit)=\(.value)"] | join(",");
