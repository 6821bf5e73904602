#pragma once

#include <exception>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace rhoflow
{
/// JSON whose objects keep the order of their members. A source that uses it includes <nlohmann/json.hpp>, which takes long to
/// compile.
using Json = nlohmann::ordered_json;

/// Throws std::runtime_error with the line if the text is no JSON, and if brackets are nested more than 200 deep.
Json parsed_json(const std::string &text);

/// What an exception of the library says, without the number that the library gives to its kind.
std::string json_complaint(const std::exception &error);
} // namespace rhoflow
