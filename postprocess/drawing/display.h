#pragma once

namespace rhoflow
{
/// VTK as Debian packages it draws through an X server only. Returns at once if DISPLAY names one that answers; otherwise
/// starts this program again under xvfb-run with the same arguments (the call does not return, and the exit status is that of
/// the second start). Throws RunError that names the package if there is no xvfb-run.
void ensure_display(char **argv);
} // namespace rhoflow
