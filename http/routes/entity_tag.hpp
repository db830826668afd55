#pragma once
// Entity tags are `"<seq>-<digest>"` (decisions.md 18): If-Match compares the seq of the last event that changed what
// PATCH writes, If-None-Match the whole, so that a count that moved is news for a reader and no obstacle for a writer.

#include "base/position.hpp"
#include "http/api.hpp"

#include <string>
#include <string_view>

namespace palabre::http {

std::string entity_tag(stream_version seq, std::string_view body);

/// Whether an If-None-Match header names this tag, or is "*".
bool names_tag(std::string_view if_none_match, std::string_view tag);

/// Whether an If-Match header allows to change a resource at `seq`: it is absent, "*", or has a tag of that seq.
bool allows_change(std::string_view if_match, stream_version seq);

/// 412, with what to do.
problem changed_meanwhile();

/// 200 with ETag, or 304 if that is what a GET's If-None-Match asks for.
answer tagged_answer(const call& c, stream_version seq, std::string body);

} // namespace palabre::http
