// What makes a checkpoint valid: the list of its sections and checksums. The last line, a checksum of the text, is computed
// here: otherwise hardly any input would come further than to it.
#include <tests/fuzz/fuzz.h>

#include <solvers/base/run/checkpoint_file.h>

#include <cstdio>

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  using namespace rhoflow;
  std::string text(reinterpret_cast<const char *>(data), size);
  // Half of the inputs as they are.
  if (size > 0 && data[size - 1] % 2 == 0)
    {
      char end[32];
      std::snprintf(end, sizeof(end), "end %08x\n", checksum(text.data(), text.size()));
      text += end;
    }
  try
    {
      const CheckpointSeal seal = CheckpointSeal::parse(text);
      require(std::isfinite(seal.time), "a time that is not finite");
      require(seal.checksums.size() == seal.n_blocks(), "a checksum without a block");
      for (const CheckpointSeal::Section &section : seal.sections)
        {
          require(!section.name.empty(), "a section without a name");
          require(section.offset <= seal.size && section.size <= seal.size - section.offset, "a section beyond the end");
          require(section.type == 't' || section.size % 8 == 0, "a number that is cut");
        }
      // What was understood is written so that it is understood again.
      const CheckpointSeal again = CheckpointSeal::parse(seal.text());
      require(again.size == seal.size && again.number == seal.number && again.checksums == seal.checksums &&
                again.sections.size() == seal.sections.size(),
              "a seal that changes when it is written");
    }
  catch (const std::runtime_error &)
    {
      // Refused.
    }
  return 0;
}
