# The three programs share one completion.
. "${BASH_SOURCE[0]%/*}/rhoflow"
