#pragma once

#include <string>

namespace rhoflow
{
/// Whether elements in elements (XML) or brackets in brackets (JSON) are, about, more than 200: Boost's parsers call themselves
/// for each, and the stack is finite.
bool nested_too_deep(const std::string &text);
} // namespace rhoflow
