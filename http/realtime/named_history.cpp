#include "http/realtime/named_history.hpp"

#include <algorithm>

namespace palabre::http::realtime {

namespace {

wanted_stretch stretch_of(const history_query& query, std::size_t most) {
  wanted_stretch wanted;
  wanted.limit = query.limit < 0 ? most : std::min(static_cast<std::size_t>(query.limit), most);
  wanted.newest_first = query.reverse;
  if (!query.since) return wanted;
  if (query.reverse)
    wanted.last = query.since->offset == 0 ? 0 : query.since->offset - 1;
  else
    wanted.after = query.since->offset;
  return wanted;
}

/// Whether the page begins right behind the position it was asked for.
bool is_gapless(const stream_look& found, const history_query& query) {
  if (!query.since || query.reverse || query.limit == 0) return true;
  if (found.publications.empty()) return query.since->offset == found.top;
  return found.publications.front().offset == query.since->offset + 1;
}

} // namespace

recovery recover_named(const stream_look& found, const claimed_position& claim, const tag_filter* wanted) {
  recovery missed{false, claim.offset, "["};
  if (!is_recoverable(claim, {found.top, found.epoch})) return missed;
  if (found.publications.size() != found.top - claim.offset) return missed;
  for (const kept_publication& each : found.publications) {
    if (wanted != nullptr && !wanted->admits(tags_of(each.push()))) continue;
    if (missed.publications.size() > 1) missed.publications += ',';
    missed.publications += each.json();
    if (missed.publications.size() > limits::recovery_bytes_max) return missed;
  }
  missed.publications += ']';
  missed.recovered = true;
  return missed;
}

std::variant<std::string, command_error> history_of(named_streams& streams, const channel_id& channel,
                                                    const history_query& query, const history_bounds& most) {
  const stream_look found = streams.look(channel, stretch_of(query, most.publications));
  if (query.since && (!is_known(*query.since, {found.top, found.epoch}) || !is_gapless(found, query)))
    return command_errors::unrecoverable_position;
  std::string body = R"({"publications":[)";
  const std::size_t begin = body.size();
  for (const kept_publication& each : found.publications) {
    if (body.size() - begin > most.bytes) break;
    if (body.size() > begin) body += ',';
    body += each.json();
  }
  return body + R"(],"epoch":")" + found.epoch + R"(","offset":)" + std::to_string(found.top) + '}';
}

} // namespace palabre::http::realtime
