#pragma once

#include <string>

namespace rhoflow
{
/// Base64 of RFC 4648, padded, without line breaks.
std::string base64(const std::string &bytes);
} // namespace rhoflow
