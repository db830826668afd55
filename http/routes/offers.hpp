#pragma once
// Invitations as whom they are for sees them.

#include "http/services.hpp"

namespace palabre::http {

/// `[…]`, OfferedInvitations: those of `offers` that let `user` in now. Errors: io, corrupt.
result<std::string> render_offers(services& s, user_id user,
                                  const std::vector<projections::invitation_queries::listed>& offers);

} // namespace palabre::http
