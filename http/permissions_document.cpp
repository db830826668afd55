#include "http/permissions_document.hpp"

#include "events/permissions.hpp"

namespace palabre::http {

std::string permissions_document() {
  std::string out =
      "# Who may do what in a room\n\nThe table that every request is held against: at the edge before its body is "
      "read, and by the room itself when it\ndecides. `operations_table.md` says for each operation who may.\n\n"
      "| | owner | admin | moderator | member | others, public room | others, private room |\n"
      "|---|:-:|:-:|:-:|:-:|:-:|:-:|\n";
  const auto cell = [&](bool may) { out += may ? " ✓ |" : " – |"; };
  for (const events::permission& row : events::permissions) {
    out += "| " + std::string(row.allows) + " |";
    for (std::size_t role = std::size(row.of_role); role-- > 0;) cell(row.of_role[role]);
    for (const bool may : row.of_others) cell(may);
    out += '\n';
  }
  out += "\n- *Lower roles*: nobody moderates, or changes the role of, somebody whose role is not below their own, "
         "themselves included.\n- To others a private room does not exist: every route and rpc answers 404 "
         "`not_found`, and subscribing 103.\n- Who may see a room and not do what they ask for gets 403 "
         "`forbidden`.\n- An archived room is readable as before, and one may leave it; writing and moderating answer "
         "409 `room_archived`\n  until its owner restores it.\n- In a direct room both people are members, and stay: "
         "neither has a say over the other.\n";
  return out;
}

} // namespace palabre::http
