"""What is added to MiniStack, each concern in a file of its own."""

import actions
import batches
import buses
import code_location
import conditions
import copies
import forgotten
import lambda_api
import on_behalf
import permissions
import planted
import processes
import trail


def install(app) -> None:
    """Puts every addition in place; called once, before the first request."""
    actions.install(app)
    conditions.install(app)
    on_behalf.install(app)
    lambda_api.install(app)
    code_location.install(app)
    copies.install(app)
    planted.install(app)
    processes.install(app)
    batches.install(app)
    permissions.install(app)
    buses.install(app)
    forgotten.install(app)
    # Last, so that it records the answers that the others give.
    trail.install(app)
