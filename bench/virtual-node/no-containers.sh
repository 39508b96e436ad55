#!/bin/sh
# no-containers.sh ... /no-image COMMAND...: runs the command without a container, in the place of Singularity, so that a
# job costs what its command costs.
while [ "$1" != /no-image ]; do shift; done
shift
exec "$@"
