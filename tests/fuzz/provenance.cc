// provenance.json, which a run that goes on reads and writes again.
#include <tests/fuzz/fuzz.h>

#include <solvers/base/run/provenance.h>

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  using namespace rhoflow;
  try
    {
      const Provenance  known = Provenance::parse(std::string(reinterpret_cast<const char *>(data), size));
      const std::string text  = known.json();
      require(Provenance::parse(text).json() == text, "a record that changes when it is written");
      require(known.other_versions(known.continued.empty() ? known.begun : known.continued.back()).empty(), "other versions");
    }
  catch (const std::runtime_error &error)
    {
      require(error.what()[0] != '\0', "a refusal without a reason");
    }
  return 0;
}
