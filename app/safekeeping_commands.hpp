#pragma once
#include "app/archive.hpp"
#include "app/backup.hpp"
#include "app/export.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace palabre::app {

/// `palabre backup`, `restore`, `export`, `import`, `recover` and `archive`: what keeps a log from being lost.
class safekeeping_commands {
public:
  /// Adds the commands to `program`. Requires: both outlive each other's use.
  explicit safekeeping_commands(CLI::App& program);
  safekeeping_commands(const safekeeping_commands&) = delete;

  bool is_asked() const;
  /// 0 done; 1 refused, and nothing was changed; 2 used wrongly, or a decision is wanted.
  int run();

private:
  void add_backup(CLI::App& program);
  void add_restore(CLI::App& program);
  void add_export(CLI::App& program);
  void add_import(CLI::App& program);
  void add_recover(CLI::App& program);
  void add_archive(CLI::App& program);
  void does(CLI::App* command, std::function<int()> what) { commands_.emplace_back(command, std::move(what)); }

  backup_options backup_;
  restore_options restore_;
  export_options export_;
  import_options import_;
  archive_options archive_;
  std::string damaged_ = "./data";
  bool accept_loss_ = false;
  std::vector<std::pair<CLI::App*, std::function<int()>>> commands_;
};

} // namespace palabre::app
