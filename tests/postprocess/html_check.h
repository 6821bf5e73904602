#pragma once

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// What is wrong with a page as HTML5 that is also written like XML: tags that do not match, attributes without quotes or given
/// twice, ids given twice, links to ids that are not there, ampersands that begin no entity, anything that is loaded from
/// elsewhere. Empty if nothing is. Collects the numbers of <data value="X">shown</data> as it goes.
class HtmlCheck
{
public:
  explicit HtmlCheck(const std::string &page)
  {
    for (std::size_t i = 0; i < page.size();)
      if (page[i] != '<')
        i = text(page, i);
      else if (page.compare(i, 9, "<!DOCTYPE") == 0)
        i = page.find('>', i) + 1;
      else
        i = tag(page, i);
    for (const std::string &name : open)
      complain("<" + name + "> is not closed");
    for (const std::string &link : links)
      if (ids.count(link) == 0)
        complain("no id " + link);
  }

  std::vector<std::string>                         problems;
  std::vector<std::pair<std::string, std::string>> numbers; ///< value, what is shown without tags
  std::multiset<std::string>                       tags;
  std::string                                      visible; ///< the text without tags, entities as they are

private:
  void complain(const std::string &problem) { problems.push_back(problem); }

  std::size_t text(const std::string &page, const std::size_t begin)
  {
    const std::size_t end  = std::min(page.find('<', begin), page.size());
    const std::string part = page.substr(begin, end - begin);
    check_entities(part);
    if (open.empty() || open.back() != "style")
      visible += part;
    if (std::find(open.begin(), open.end(), "data") != open.end())
      numbers.back().second += part;
    return end;
  }

  void check_entities(const std::string &part)
  {
    if (!open.empty() && open.back() == "style")
      return;
    for (std::size_t i = part.find('&'); i != std::string::npos; i = part.find('&', i + 1))
      {
        const std::string           name  = part.substr(i, part.find(';', i) - i + 1);
        const std::set<std::string> known = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&emsp;"};
        if (known.count(name) == 0)
          complain("no entity: " + name.substr(0, 20));
      }
    if (part.find('>') != std::string::npos)
      complain("a stray > in: " + part.substr(0, 40));
  }

  std::size_t tag(const std::string &page, std::size_t i)
  {
    const bool closes = page.compare(i, 2, "</") == 0;
    i += closes ? 2 : 1;
    std::string name;
    while (i < page.size() && std::isalnum(static_cast<unsigned char>(page[i])))
      name += page[i++];
    if (name.empty())
      complain("a stray < before: " + page.substr(i, 40));
    if (closes)
      {
        if (open.empty() || open.back() != name)
          complain("</" + name + "> closes <" + (open.empty() ? "" : open.back()) + ">");
        else
          open.pop_back();
        return page.find('>', i) + 1;
      }
    tags.insert(name);
    std::set<std::string> attributes;
    while (i < page.size() && page[i] != '>')
      {
        if (page[i] == ' ' || page[i] == '\n')
          {
            ++i;
            continue;
          }
        std::string key, value;
        while (i < page.size() && (std::isalnum(static_cast<unsigned char>(page[i])) || page[i] == '-'))
          key += page[i++];
        if (key.empty())
          {
            complain("no attribute in <" + name + "> at: " + page.substr(i, 40));
            return page.size();
          }
        if (page[i] == '=')
          {
            if (page[i + 1] != '"')
              complain("an attribute without quotes: " + key);
            const std::size_t end = page.find('"', i + 2);
            value                 = page.substr(i + 2, end - i - 2);
            i                     = end + 1;
          }
        if (!attributes.insert(key).second)
          complain(key + " twice in <" + name + ">");
        attribute(name, key, value);
      }
    if (name == "img" && attributes.count("alt") == 0)
      complain("a picture without alt");
    const std::set<std::string> empty = {"meta", "img", "br", "source"};
    if (empty.count(name) == 0)
      open.push_back(name);
    return i + 1;
  }

  void attribute(const std::string &name, const std::string &key, const std::string &value)
  {
    if (key != "src" && key != "srcset" && key != "poster")
      check_entities(value);
    if (key == "id" && !ids.insert(value).second)
      complain("the id " + value + " twice");
    if (key == "href" && (value.empty() || value.front() != '#'))
      complain("a link to elsewhere: " + value);
    else if (key == "href")
      links.push_back(value.substr(1));
    if ((key == "src" || key == "srcset" || key == "poster") && value.rfind("data:", 0) != 0)
      complain("loaded from elsewhere: " + value);
    if (key.rfind("on", 0) == 0 || name == "script" || name == "link" || name == "iframe")
      complain("active or outside content: <" + name + " " + key + ">");
    if (name == "data" && key == "value")
      numbers.emplace_back(value, "");
  }

  std::vector<std::string> open, links;
  std::set<std::string>    ids;
};
