# The values of a quantity of a reference solution (tests/references/solutions.csv), a line TIME VALUE ERROR each:
#   awk -v solution=reference_a -v quantity=risk -v times="0 1 2" -f reference_values.awk solutions.csv
# Without times: all of them. The exit status is 1 if there are none, or one of the times is missing. The fields that are read
# have no commas.
BEGIN { FS = ","; asked = split(times, time, " ") }
/^#/ { next }
!header {
  header = 1
  if ($0 != "case,quantity,time,value,error,source") { print "another header: " $0 >"/dev/stderr"; failed = 1; exit 1 }
  next
}
$1 == solution && $2 == quantity {
  wanted = (asked == 0)
  for (i = 1; i <= asked; ++i)
    if (time[i] + 0 == $3 + 0) wanted = 1
  if (wanted) { print $3, $4, $5; ++found }
}
END {
  if (!failed && (found == 0 || (asked > 0 && found != asked))) {
    print "solutions.csv has not all values of " quantity " of " solution " at t = " times >"/dev/stderr"
    exit 1
  }
}
