#pragma once

#include <string>
#include <vector>

#include <postprocess/drawing/picture.h>

namespace rhoflow
{
struct StudyRecord;

/// Writes one self-contained page about a study: how many runs there are and how many of them failed, what varied, the power
/// laws with what was expected, the charts, all runs, and the study file. Throws InputError (parameter empty) if the file
/// cannot be written; what the record lacks is left out or said.
void write_study_report(const StudyRecord &study, const std::vector<Picture> &pictures, const std::string &file);
} // namespace rhoflow
