#define RHOFLOW_PLAIN_SGD_STEP plain_sgd_step
#include <benchmarks/peer/plain_sgd_step.h>
