#include <catch2/catch.hpp>

#include <solvers/base/files/csv.h>
#include <solvers/base/files/csv_records.h>

#include <cmath>
#include <string>
#include <vector>

#include <tests/support/refusals.h>

#include "temporary_directory.h"

using namespace rhoflow;
using Catch::Contains;

namespace
{
const std::vector<NeededColumn> x_and_y{{"x", "Data/Input columns"}, {"y", "Data/Output column"}};

CsvTable table_of(const std::string &text, const std::vector<NeededColumn> &needed = x_and_y)
{
  const TemporaryDirectory directory;
  return read_csv(directory.write("t.csv", text), needed, "Data/CSV file");
}

/// The values of x and y, row by row, and how they were read.
std::string read(const std::string &text)
{
  const CsvTable table = table_of(text);
  std::string    values;
  for (const auto &row : table.rows)
    for (const std::string name : {"x", "y"})
      {
        const double value = row[table.column(name, "")];
        values += (values.empty() ? "" : " ") +
                  (value == std::floor(value) ? std::to_string(static_cast<int>(value)) : std::to_string(value));
      }
  return values + (table.remark.empty() ? "" : " | " + table.remark);
}

std::optional<Refused> refused(const std::string &text)
{
  return refusal([&]() { table_of(text); });
}
} // namespace

TEST_CASE("The separator of a table is found in its header and rows")
{
  CHECK(read("x,y\n1,2\n3,4\n") == "1 2 3 4");
  CHECK(read("x;y\n1;2\n3;4\n") == "1 2 3 4 | fields separated by ';'");
  CHECK(read("\xef\xbb\xbf\"x\";\"y\"\r\n1;2\r\n3;4") == "1 2 3 4 | fields separated by ';'");
  CHECK(read("x\tnote\ty\n1\t\t2\n3\ta b\t4\n") == "1 2 3 4 | fields separated by tabs");
  CHECK(read("x\ty\n\n1\t2\n \n3\t4\n") == "1 2 3 4 | fields separated by tabs");
  CHECK(read("x|y\n1|2\n3|4\n") == "1 2 3 4 | fields separated by '|'");
  CHECK(read(" x   y\n 1   2 \n 3 \t 4\n") == "1 2 3 4 | fields separated by blanks");
  CHECK(read("sep=;\r\nx;y\r\n1;2\r\n") == "1 2 | fields separated by ';'");
  CHECK(read("x;y;\n1;2;\n3;4;\n") == "1 2 3 4 | fields separated by ';'");

  // Commas count where they can, also in names and beside other separators.
  CHECK(read("\"x; of it\",x,y\n1;2,3,4\n") == "3 4");
  CHECK(read("a;b|c,x,y\n0,3,4\n") == "3 4");
  CHECK(read("x,remark; more,y\n1,a;b,2\n3,c,4\n") == "1 2 3 4");
  CHECK(read("place, time;x;y\n0;1;2\n") == "1 2 | fields separated by ';'");
  CHECK(table_of("fixed acidity,y\n1,2\n", {{"fixed acidity", ""}}).separator == ',');
  CHECK(table_of("a;b,c\n1;2,3\n", {{"b,c", ""}}).separator == ';');
  CHECK(table_of("a;b,c\n1;2,3\n", {{"c", ""}}).separator == ',');
  CHECK(table_of("fixed acidity\n1\n2\n", {}).columns == std::vector<std::string>{"fixed acidity"});

  CHECK(refused("x;y\n1;2\n3;four\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:3:").naming("'four'").naming("';'"));
  CHECK(refused("x;y\n1;2\n3\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:3:").naming("';'"));
  CHECK(refused("1;2\n3;4\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("x;y").naming("';'"));
  CHECK(refusal([]() { table_of("a;b\n1;2\n"); }) ==
        Refused{"Data/Input columns", Refusal::unknown_name}.naming("'x'").naming("';'"));
  CHECK(refused("A title\nx,y\n1,2\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:1:").naming("'A title'").naming("'#'"));
  CHECK(refused("x:y\n1:2\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("'x:y'"));
}

TEST_CASE("A comma is a decimal mark only where nothing else is possible")
{
  CHECK(read("x;y\n1,5;-2\n3;4e1\n") == "1.500000 -2 3 40 | fields separated by ';', decimal commas");
  CHECK(read("x\ty\n0,125\t2\n1,250\t4\n") == "0.125000 2 1.250000 4 | fields separated by tabs, decimal commas");
  CHECK(refused("x;y\n1,5;2.5\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:2:").naming("'2.5'"));
  CHECK(refused("x;y\n1.5;2\n3;4,5\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:3:").naming("'4,5'").naming("line 2"));
  CHECK(refused("x;y\n1,500;2\n12,250;4\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:2:").naming("'1,500'"));
  CHECK(refused("x;y\n1.500,5;2\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("'1.500,5'").naming("decimal point"));
  CHECK(refused("x,y\n\"1,5\",2\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("'1,5'").naming("decimal point"));
  CHECK(refused("x,y\n1d5,2\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("'1d5'").naming("'e'"));
  CHECK(refused("x,y\n1 234,2\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("'1 234'").naming("nothing between"));
  CHECK(read("x,y\n +1. , 1e2\n.5,-0\n") == "1 100 0.500000 0");
}

TEST_CASE("A quoted field may have line ends, and messages name the line where its row begins")
{
  CHECK(read("x,y,note\n1,2,\"two\nlines\"\n3,4,ok\n") == "1 2 3 4");
  CHECK(read("\"a\r\nb\",x,y\r\n\"1\r\n\r\n# 2\",3,4\r\n") == "3 4");
  CHECK(table_of("\"x\n[ms]\",y\n1,2\n", {{"x [ms]", ""}}).rows.size() == 1);
  CHECK(refused("\"x\",y,\"no\nte\"\n1,2,\"a\n\nb\"\n3,z,c\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:6:").naming("'z'"));
  CHECK(refused("x,y,n\n1,2,a\n3,4,\"b\n5,6,c\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:3:"));
  CHECK(refused("x,y,n\n1,2,\"b\nc\" d\n5,6,c\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:2:"));

  std::string many = "x,y,n\n1,2,\"";
  for (unsigned int i = 0; i < 200000; ++i)
    many += "line\n";
  CHECK(read(many + "\"\n3,4,\n") == "1 2 3 4");
}

TEST_CASE("Lines may end as on a classic Mac")
{
  CHECK(read("x,y\r1,2\r3,4\r") == "1 2 3 4");
  CHECK(read("x,y\r1,2\n3,4\r\n\r5,6") == "1 2 3 4 5 6");
  CHECK(refused("x,y\r1,2\r\r3,z\r") == Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:4:").naming("'z'"));
  // Reading goes on in the middle of a line end.
  const std::string filler(65536 - 8, '0');
  CHECK(read("x,y\r\n1," + filler + "2\r\n3,4\r\n") == "1 2 3 4");
  CHECK(read("x,y\r\n1," + filler + "02\r\n3,4\r\n") == "1 2 3 4");
}

TEST_CASE("A comment names the columns if the first row has numbers")
{
  CHECK(read("# x,y\n1,2\n3,4\n") == "1 2 3 4 | columns named in the comment of line 1");
  CHECK(read("# x y\n1.0e+00 2.0e+00\n") == "1 2 | fields separated by blanks, columns named in the comment of line 1");
  CHECK(read("#x\ty\n1\t2\n") == "1 2 | fields separated by tabs, columns named in the comment of line 1");
  CHECK(read("# measured in Rome, 2020\n## x, y\n\n1,2\n") == "1 2 | columns named in the comment of line 2");
  CHECK(read("# x,y\n# ms,g\n1,2\n") == "1 2 | columns named in the comment of line 1");
  CHECK(read("#x,y,kind\n1,2,a\n") == "1 2 | columns named in the comment of line 1");
  CHECK(read("# a,b\nx,y\n1,2\n# 5,6\n3,4\n") == "1 2 3 4");
  CHECK(read("# x,y\ny,x\n1,2\n") == "2 1");
  CHECK(read("\"#id\",x,y\n0,1,2\n") == "1 2");
  CHECK(refused("# only one\n1,2\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:2:"));
  CHECK(refused("# 1,2\n3,4\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("# x,y"));
  std::string preamble;
  for (unsigned int i = 0; i < 3000; ++i)
    preamble += "# told,at,length\n";
  CHECK(read(preamble + "x,y\n1,2\n") == "1 2");
  CHECK(read(preamble + "# x,y\n1,2\n") == "1 2 | columns named in the comment of line 3001");
}

TEST_CASE("Columns that nobody asks for need no name of their own")
{
  CHECK(read("x,y,note,note\n1,2,a,b\n") == "1 2");
  CHECK(read("x,y,,\n1,2,,\n") == "1 2");
  CHECK(read(",x,y\n0,1,2\n") == "1 2");
  CHECK(refusal([]() { table_of("x,y,y\n1,2,3\n"); }) == Refused{"Data/Output column", Refusal::repeated}.naming("'y'"));
  CHECK(refusal([]() { table_of(",,\n1,2,3\n"); }) ==
        Refused{"Data/Input columns", Refusal::unknown_name}.naming("3 without a name"));
  CHECK(refused("x,y\n1,2\n3,4,\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:3:").naming("3 fields").naming("separator"));
  CHECK(refused("x y\n1 0.5 2\n2 0.4 3\n") ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("t.csv:2:").naming("3 fields").naming("name that column"));
  CHECK(refusal([]() { table_of("X,y,\"a, b\"\n1,2,3\n"); }) ==
        Refused{"Data/Input columns", Refusal::unknown_name}.naming("mean 'X'").naming("double quotes"));
}

TEST_CASE("Text that is not UTF-8 becomes UTF-8, and what is no text is named")
{
  const CsvTable table = table_of("temp\xe9rature,\x80,x,\xce\xb1\n1,2,3,4\n", {{"temp\xc3\xa9rature", ""}});
  CHECK(table.columns[0] == "temp\xc3\xa9rature");
  CHECK(table.columns[1] == "\xe2\x82\xac");
  CHECK(table.columns[3] == "\xce\xb1");
  CHECK_THAT(table.remark, Contains("Windows-1252"));
  CHECK(table_of("temp\xc3\xa9rature,y\n1,\"\xe9\"\n", {{"temp\xc3\xa9rature", ""}}).remark.empty());
  CHECK(refused("x,y\n1,\xe9\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("'\xc3\xa9'"));
  CHECK(csv_utf8("\xed\xa0\x80") == "\xc3\xad\xc2\xa0\xe2\x82\xac"); // a surrogate
  CHECK(csv_utf8("\xf0\x9f\x8c\x8a") == "\xf0\x9f\x8c\x8a");
  CHECK(refused("\xff\xfex") == Refused{"Data/CSV file", Refusal::malformed}.naming("UTF-16"));
  CHECK(refused(std::string("x\0,\0y\0\n\0", 8)) ==
        Refused{"Data/CSV file", Refusal::malformed}.naming("NUL").naming("UTF-16"));
  CHECK(refused("PK\x03\x04") == Refused{"Data/CSV file", Refusal::malformed}.naming("as CSV"));
  CHECK(refused("<!DOCTYPE html>\n") == Refused{"Data/CSV file", Refusal::malformed}.naming("web page"));
}

TEST_CASE("What this program writes is read back as it was, whatever is in it")
{
  const std::vector<std::string> names{"#id; \"a\"", "a,b", "c;d\te|f", "x\ny"};
  std::string                    text, dropped;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ",") + csv_field(name);
  const CsvTable table = read_growing_csv(text + "\n# note\n1,2,3,4\n", "t.csv", "", dropped);
  CHECK(table.columns == std::vector<std::string>{"#id; \"a\"", "a,b", "c;d\te|f", "x y"});
  CHECK(table.rows.size() == 1);
  // No separator but the comma, and no header in a comment.
  CHECK(read_growing_csv("a;b\n1;2\n", "t.csv", "", dropped).columns == std::vector<std::string>{"a;b"});
  CHECK(refusal([&]() { read_growing_csv("a,a\n", "t.csv", "", dropped); }) == Refused{"", Refusal::repeated}.naming("'a'"));
}
