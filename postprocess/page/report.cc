#include <postprocess/page/findings.h>
#include <postprocess/page/html.h>
#include <postprocess/page/problem_text.h>
#include <postprocess/page/report.h>
#include <postprocess/page/sessions.h>
#include <postprocess/records/run_record.h>
#include <solvers/base/byte_text.h>
#include <solvers/base/number.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>

namespace rhoflow
{
namespace
{
using html::code;
using html::escaped;
using html::number;
using html::paragraph;

std::string marked(const Mark mark)
{
  return mark == Mark::fine ? "<span class=\"mark fine\">✓ fine</span>" :
         mark == Mark::look ? "<span class=\"mark look\">⚠ look here</span>" :
                              "<span class=\"mark note\">for information</span>";
}

/// The risk at the end, and whether the run got there.
std::string risk_text(const RunRecord &record)
{
  const std::string reason = reason_of_end(record.log);
  const std::string ended  = reason.empty() ? "" : " <strong>The run ended before it was done:</strong> " + escaped(reason);
  if (!record.has("statistics", "risk"))
    return paragraph("There is no statistics.csv with a risk yet." + ended);
  const CsvTable   &table  = record.tables.at("statistics");
  const std::size_t last   = table.rows.size() - 1;
  const auto        risks  = record.column("statistics", "risk");
  const bool        rest   = table.columns.front() == "inverse temperature";
  const bool        walk   = record.parameter("Learning problem/Neuron") == "landscape";
  std::string       answer = walk ? "The mean of the potential is " : "The risk is ";
  answer += "<strong>" + number(risks.back()) + "</strong>";
  if (!record.traits.has_density() && record.has("statistics", "standard error"))
    answer += " ± " + number(record.column("statistics", "standard error").back(), 2) + " (standard error over the replicas)";
  answer += " at " + position(record, "statistics", last);
  if (!rest && last > 0)
    answer += ", after " + number(risks.front()) + " at " + position(record, "statistics", 0);
  if (record.has("statistics", "free energy"))
    answer += "; the free energy is " + number(record.column("statistics", "free energy").back());
  answer += ".";
  const double time = table.rows[last][0];
  double       end  = 0;
  if (!ended.empty())
    answer += ended;
  else if (!rest && parse_number(record.parameter("End time"), end) && time < end * (1. - 1e-9))
    answer += " <strong>The run was to go to t = " + number(end) + "</strong>: it is going on, or was ended before.";
  return paragraph(answer);
}

/// Warnings that the run itself printed.
std::string printed_warnings(const RunRecord &record)
{
  std::istringstream stream(record.log);
  std::string        items;
  for (std::string line; std::getline(stream, line);)
    if (line.rfind("Warning:", 0) == 0)
      items += "<li>" + escaped(line.substr(8)) + "</li>\n";
  return items.empty() ?
           "" :
           "<div class=\"warnings\" role=\"note\"><strong>Warnings of the run:</strong>\n<ul>\n" + items + "</ul></div>\n";
}

std::string summary(const RunRecord &record)
{
  const Verdict     result = verdict(record);
  const std::string kind   = result.mark == Mark::fine ? " fine" : result.mark == Mark::look ? " look" : "";
  std::string       word   = result.word;
  word.front()             = static_cast<char>(word.front() - 'a' + 'A');
  std::string text = "<p class=\"subtitle\">Solver " + escaped(record.solver) + ", run " + escaped(record.name) + ", started " +
                     escaped(record.provenance.begun.started) + "</p>\n";
  if (!record.warnings.empty())
    {
      text += "<div class=\"warnings\" role=\"note\"><strong>The record of this run is incomplete:</strong>\n<ul>\n";
      for (const std::string &warning : record.warnings)
        text += "<li>" + escaped(warning) + "</li>\n";
      text += "</ul></div>\n";
    }
  text += "<div class=\"answer" + kind + "\">\n" + risk_text(record) + "<p class=\"verdict\">" + escaped(word) + "</p>\n" +
          result.html;

  std::vector<std::string> suspicious;
  for (const Invariant &invariant : invariants(record))
    if (invariant.mark == Mark::look)
      suspicious.push_back(invariant.name);
  if (!suspicious.empty())
    {
      std::string list;
      for (const std::string &name : suspicious)
        list += (list.empty() ? "" : "; ") + name;
      text += paragraph("<strong>Look at the invariants:</strong> " + escaped(list) + ".");
    }
  return text + "</div>\n" + printed_warnings(record);
}

std::string parameter_table(const RunRecord &record)
{
  html::Table table;
  table.head       = {"Parameter", "Value", "Default"};
  const auto shown = [](const std::string &value) { return value.empty() ? "<em>empty</em>" : code(value); };
  for (const UsedParameter &parameter : record.parameters)
    if (!parameter.is_standard)
      table.rows.push_back({escaped(parameter.path), shown(parameter.value), shown(parameter.standard)});
  if (table.rows.empty())
    return paragraph("None: all parameters have their default values.");
  return paragraph(number(static_cast<double>(table.rows.size())) + " of " +
                   number(static_cast<double>(record.parameters.size())) +
                   " parameters; the others are in parameters_used.prm.") +
         table.html();
}

std::string invariant_table(const RunRecord &record)
{
  html::Table table;
  table.head    = {"Invariant", "Number", "Mark", "What it is"};
  table.stacked = true;
  for (const Invariant &invariant : invariants(record))
    table.rows.push_back({escaped(invariant.name), invariant.html, marked(invariant.mark), invariant.explanation});
  return table.rows.empty() ? paragraph("statistics.csv has no column of an invariant.") : table.html();
}

std::string relaxation_text(const RunRecord &record)
{
  const auto value = [&](const std::string &name) {
    return record.has("relaxation", name) ? record.column("relaxation", name).back() : std::nan("");
  };
  std::string text = paragraph(
    "How fast the free energy falls to that of the density at rest, F(ρ<sub>t</sub>) − F* ~ "
    "e<sup>−rate·t</sup>. In the end the rate is twice the linearised gap μ<sub>1</sub>, unless the initial law "
    "does not excite the slowest mode; twice the frozen gap μ<sub>P</sub> is never more.");
  const double rate = value("measured rate");
  if (std::isnan(rate))
    text += paragraph(
      "No rate was measured: too few output times lie between a hundredth of the first distance and its rounding "
      "errors. A later end time or more output times help.");
  html::Table table;
  table.head             = {"Quantity", "Rate [1/time]"};
  table.first_of_numbers = 1;
  if (!std::isnan(rate))
    {
      table.rows.push_back({"measured, from t = " + number(value("first time")) + " to " + number(value("last time")),
                            number(rate, 6) + " ± " + number(value("standard error"), 2)});
      table.rows.push_back(
        {"drift of the measured rate (later half minus earlier half)", number(value("drift of the rate"), 2)});
    }
  for (const auto &[name, column] :
       {std::pair<std::string, std::string>{"2 × linearised gap", "linearised gap"}, {"2 × frozen gap", "frozen gap"}})
    if (!std::isnan(value(column)))
      table.rows.push_back({name, number(2. * value(column), 6)});
  if (!table.rows.empty())
    text += table.html();
  else
    text += paragraph("The spectral gaps were not computed: " + code("Fokker-Planck/Find spectral gap = true") + ".");
  return text;
}

std::string timing_table(const RunRecord &record)
{
  std::string text;
  if (record.has("timing", "mean [s]"))
    {
      const CsvTable &timing = record.tables.at("timing");
      const auto      means  = record.column("timing", "mean [s]");
      double          most   = 0;
      for (const double mean : means)
        most = std::max(most, std::isnan(mean) ? 0. : mean);
      html::Table table;
      table.head             = {"Section of the work", "Share"};
      table.first_of_numbers = 2;
      for (std::size_t c = 1; c < timing.columns.size(); ++c)
        table.head.push_back(escaped(timing.columns[c]));
      for (std::size_t r = 0; r < timing.rows.size(); ++r)
        {
          table.rows.push_back({escaped(timing.labels[r]), html::bar(most > 0 ? means[r] / most : 0.)});
          for (std::size_t c = 1; c < timing.columns.size(); ++c)
            table.rows.back().push_back(number(timing.rows[r][c], 3));
        }
      text += paragraph("Seconds over the ranks.") + table.html();
    }
  if (record.has("throughput"))
    {
      const CsvTable &throughput = record.tables.at("throughput");
      html::Table     table;
      table.first_of_numbers = 1;
      for (const std::string &column : throughput.columns)
        table.head.push_back(escaped(column));
      for (std::size_t r = 0; r < throughput.rows.size(); ++r)
        {
          table.rows.push_back({escaped(throughput.labels[r])});
          for (std::size_t c = 1; c < throughput.columns.size(); ++c)
            table.rows.back().push_back(number(throughput.rows[r][c]));
        }
      text += "<h3>Throughput of SGD beside that of the machine</h3>\n" + table.html();
    }
  return text;
}

/// What a page cannot show as it is, as bash and zsh read it: $'caf\351'.
std::string quoted_bytes(const std::string &argument)
{
  std::string text = "$'";
  for (std::size_t i = 0; i < argument.size();)
    {
      const std::size_t length = utf8_length(argument, i);
      const auto        byte   = static_cast<unsigned char>(argument[i]);
      char              code[8];
      std::snprintf(code, sizeof(code), "\\%03o", static_cast<unsigned int>(byte));
      if (length == 0 || byte < 0x20 || byte == 0x7f)
        text += code;
      else
        text += (byte == '\'' || byte == '\\' ? "\\" : "") + argument.substr(i, length);
      i += std::max<std::size_t>(length, 1);
    }
  return text + "'";
}

/// An argument as a shell reads it.
std::string quoted(const std::string &argument)
{
  const auto is_control = [](const unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (first_invalid_byte(argument) != std::string::npos || std::any_of(argument.begin(), argument.end(), is_control))
    return quoted_bytes(argument);
  const auto plain = [](const char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string("_-./=:,+@%").find(c) != std::string::npos;
  };
  if (!argument.empty() && std::all_of(argument.begin(), argument.end(), plain))
    return argument;
  std::string text = "'";
  for (const char c : argument)
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string provenance(const RunRecord &record)
{
  html::Table table;
  table.head         = {"What", "Value"};
  const auto command = [](const std::vector<std::string> &arguments) {
    std::string line;
    for (const std::string &argument : arguments)
      line += (line.empty() ? "" : " ") + quoted(argument);
    return code(line);
  };
  const Provenance::Session &begun = record.provenance.begun;
  table.rows.push_back({"Started", escaped(begun.started)});
  table.rows.push_back({"Command", command(begun.command_line)});
  table.rows.push_back({"MPI ranks", std::to_string(begun.ranks)});
  for (const auto &[what, value] : place_and_end(begun))
    table.rows.push_back({what, value});
  for (const Provenance::Session &session : record.provenance.continued)
    {
      std::string text = escaped(session.started) + ", MPI ranks: " + std::to_string(session.ranks) + ", " +
                         command(session.command_line);
      for (const auto &[what, value] : place_and_end(session))
        text += "<br>" + what + ": " + value;
      table.rows.push_back({"Gone on at " + exact_number(session.time), text});
    }
  if (const std::string total = total_time(record); !total.empty())
    table.rows.push_back({"Total time", total});
  table.rows.push_back({"Seed", std::to_string(record.provenance.seed)});
  table.rows.push_back({"Parameter file as given", code(record.provenance.parameter_file)});
  table.rows.push_back({"Directory", code(record.directory)});
  for (const auto &[name, version] : std::map<std::string, std::string>(begun.versions.begin(), begun.versions.end()))
    table.rows.push_back({escaped(name), escaped(version)});
  const std::string launcher = begun.ranks == 1 ? "" : "mpirun -np " + std::to_string(begun.ranks) + " ";
  std::string       text = table.html() + paragraph("The same run again, in another directory:") + "<pre class=\"command\">" +
                     escaped(launcher + "rhoflow " + quoted(record.directory + "/parameters_used.prm") + " " +
                             quoted("Output directory=" + text_of_bytes(record.directory + "-again"))) +
                     "</pre>\n";
  const std::string data = record.parameter("Data/CSV file");
  if (!data.empty() && data.front() != '/')
    text += paragraph("The data file " + code(data) +
                      " is looked for from the working directory, then from the directory of the parameter file: run it from "
                      "where it was found, or give " +
                      code("Data/CSV file") + " with its whole path.");
  return text;
}

std::string end_of_log(const RunRecord &record)
{
  const std::size_t limit = 8000;
  std::string       text  = record.log;
  if (text.size() > limit)
    {
      const std::size_t line = text.find('\n', text.size() - limit);
      text                   = "…\n" + text.substr(line == std::string::npos ? text.size() - limit : line + 1);
    }
  return "<details><summary>What the run printed (log.txt)</summary>\n" + html::scrolling("<pre>" + escaped(text) + "</pre>") +
         "</details>\n";
}
} // namespace

void write_report(const RunRecord &record, const std::vector<Picture> &pictures, const std::string &file)
{
  html::Page page(record.title);
  page.set_summary(summary(record));
  page.add_section("What was solved", problem_text(record));
  page.add_section("Parameters that differ from the defaults", parameter_table(record));
  page.add_section("Invariants", invariant_table(record));

  for (const Picture &picture : pictures)
    page.add_section(picture.section.empty() ? "Pictures" : picture.section, html::figure(picture));

  if (record.has("relaxation"))
    page.add_section("Relaxation", relaxation_text(record));
  if (record.has("timing") || record.has("throughput"))
    page.add_section("Timings", timing_table(record));
  page.add_section("Where this run came from", provenance(record) + (record.log.empty() ? "" : end_of_log(record)));
  page.write(file);
}
} // namespace rhoflow
