"""Known hosts: the location and form of their configuration, their rules files, and signs that they are installed.

Sources, in the hosts' documentation: Claude Code "Connect to tools via MCP", Claude Desktop "Connect to local MCP
servers", Cursor "Model Context Protocol", VS Code "MCP configuration reference", Codex "MCP", Gemini CLI "MCP servers",
Windsurf "Cascade MCP Integration", Zed "Model Context Protocol", opencode "MCP servers", Cline "Configuring MCP
Servers", Junie "MCP configuration"; for Copilot CLI, `copilot mcp --help`.
"""

from pathlib import Path

from vrom.hosts import own_commands
from vrom.hosts.entry import TYPED, EntryForm
from vrom.hosts.host import NAME, Host, Place, RulesFile
from vrom.settings import HostFolders

_SERVERS = ("mcpServers", NAME)
_WORKSPACE = {"CLAUDE_PROJECT_DIR": "${workspaceFolder}"}
"""Variable that tells the server the project folder; the host expands the placeholder."""


def known_hosts(folders: HostFolders) -> dict[str, Host]:
    """All known hosts by name, with their configuration files on this machine."""
    hosts = [*_command_line_hosts(folders), *_desktop_hosts(folders)]
    return {host.name: host for host in hosts}


def _command_line_hosts(folders: HostFolders) -> list[Host]:
    """Hosts that run in a terminal."""
    project = folders.project
    claude, opencode = folders.claude / ".claude.json", folders.config / "opencode"
    return [
        Host(
            name="claude-code",
            title="Claude Code",
            places={"user": Place(claude, _SERVERS), "project": Place(project / ".mcp.json", _SERVERS)},
            then="Start a new session; /mcp shows the server.",
            form=TYPED,
            command=own_commands.claude,
            seen=(Place(claude, ("projects", str(project), *_SERVERS)),),
            remove_seen="claude mcp remove vrom -s local",
            programs=("claude",),
            signs=(claude, folders.home / ".claude"),
            rules=(RulesFile(project / "CLAUDE.md"), RulesFile(project / ".claude" / "CLAUDE.md")),
            skills=(project / ".claude" / "skills",),
        ),
        Host(
            name="codex",
            title="Codex",
            places={
                "user": Place(folders.codex / "config.toml", ("mcp_servers", NAME)),
                "project": Place(project / ".codex" / "config.toml", ("mcp_servers", NAME)),
            },
            then="Start a new session; /mcp shows the server. Project files need a trusted project.",
            command=own_commands.codex,
            programs=("codex",),
            signs=(folders.codex,),
            reads_agents=True,
            skills=(project / ".agents" / "skills",),
        ),
        Host(
            name="gemini",
            title="Gemini CLI",
            places={
                "user": Place(folders.gemini / "settings.json", _SERVERS),
                "project": Place(project / ".gemini" / "settings.json", _SERVERS),
            },
            then="Start a new session in a trusted folder; /mcp shows the server.",
            command=own_commands.gemini,
            programs=("gemini",),
            signs=(folders.gemini,),
            rules=(RulesFile(project / "GEMINI.md"),),
            skills=(project / ".agents" / "skills",),
        ),
        Host(
            name="copilot-cli",
            title="GitHub Copilot CLI",
            places={
                "user": Place(folders.copilot / "mcp-config.json", _SERVERS),
                "project": Place(project / ".github" / "mcp.json", _SERVERS),
            },
            then="Start a new session; /mcp show lists the server.",
            form=EntryForm({"type": "local", "tools": ["*"]}),
            command=own_commands.copilot,
            programs=("copilot",),
            signs=(folders.copilot,),
            reads_agents=True,
            rules=(RulesFile(project / ".github" / "copilot-instructions.md"),),
            skills=(project / ".agents" / "skills", project / ".claude" / "skills"),
        ),
        Host(
            name="opencode",
            title="opencode",
            places={
                "user": Place(_existing_or_first(opencode, "opencode.json", "opencode.jsonc"), ("mcp", NAME)),
                "project": Place(_existing_or_first(project, "opencode.json", "opencode.jsonc"), ("mcp", NAME)),
            },
            then="Start opencode again; opencode mcp list shows the server.",
            form=EntryForm({"type": "local", "enabled": True}, variables="environment", is_one_list=True),
            programs=("opencode",),
            signs=(opencode,),
            reads_agents=True,
            skills=(project / ".agents" / "skills", project / ".claude" / "skills"),
        ),
    ]


def _desktop_hosts(folders: HostFolders) -> list[Host]:
    """Hosts with windows: editors, their extensions, and chat programs."""
    applications, home, project = folders.applications, folders.home, folders.project
    code, cline = applications / "Code" / "User", "saoudrizwan.claude-dev"
    return [
        Host(
            name="claude-desktop",
            title="Claude Desktop",
            places={"user": Place(applications / "Claude" / "claude_desktop_config.json", _SERVERS)},
            then="Quit Claude Desktop and start it again; closing its window is not enough.",
            signs=(applications / "Claude",),
        ),
        Host(
            name="cursor",
            title="Cursor",
            places={
                "user": Place(home / ".cursor" / "mcp.json", _SERVERS),
                "project": Place(project / ".cursor" / "mcp.json", _SERVERS),
            },
            then="Check Settings → MCP, and enable the server there if needed.",
            form=TYPED,
            in_project=_WORKSPACE,
            programs=("cursor",),
            signs=(home / ".cursor", applications / "Cursor"),
            reads_agents=True,
            rules=(
                RulesFile(
                    project / ".cursor" / "rules" / "vrom.mdc",
                    is_own=True,
                    front_matter="---\ndescription: Documentation of the dependencies\nalwaysApply: true\n---\n",
                ),
            ),
        ),
        Host(
            name="vscode",
            title="VS Code",
            places={
                "user": Place(code / "mcp.json", ("servers", NAME)),
                "project": Place(project / ".vscode" / "mcp.json", ("servers", NAME)),
            },
            then="Run “MCP: List Servers” and start the server; agent mode then has its tools.",
            form=TYPED,
            command=own_commands.vscode,
            in_project=_WORKSPACE,
            programs=("code",),
            signs=(code / "settings.json", code / "globalStorage" / "state.vscdb", home / ".vscode"),
            reads_agents=True,
            rules=(RulesFile(project / ".github" / "copilot-instructions.md"),),
        ),
        Host(
            name="cline",
            title="Cline",
            places={"user": Place(code / "globalStorage" / cline / "settings" / "cline_mcp_settings.json", _SERVERS)},
            then="Check “MCP Servers” in Cline's panel.",
            signs=(code / "globalStorage" / cline,),
            reads_agents=True,
            rules=(
                RulesFile(project / ".clinerules" / "vrom.md", is_own=True),
                RulesFile(project / ".clinerules"),  # a file in older versions
            ),
        ),
        Host(
            name="windsurf",
            title="Windsurf",
            places={"user": Place(home / ".codeium" / "windsurf" / "mcp_config.json", _SERVERS)},
            then="Refresh the list of MCP servers in Cascade's panel.",
            programs=("windsurf",),
            signs=(home / ".codeium" / "windsurf",),
            reads_agents=True,
            rules=(
                RulesFile(
                    project / ".windsurf" / "rules" / "vrom.md",
                    is_own=True,
                    front_matter="---\ntrigger: always_on\n---\n",
                ),
            ),
        ),
        Host(
            name="zed",
            title="Zed",
            places={
                "user": Place(folders.zed / "settings.json", ("context_servers", NAME)),
                "project": Place(project / ".zed" / "settings.json", ("context_servers", NAME)),
            },
            then="The Agent Panel's settings show the server; a green dot means that it runs.",
            form=EntryForm({"source": "custom"}),
            programs=("zed", "zeditor"),
            signs=(folders.zed,),
            reads_agents=True,
        ),
        Host(
            name="junie",
            title="JetBrains Junie",
            places={
                "user": Place(home / ".junie" / "mcp" / "mcp.json", _SERVERS),
                "project": Place(project / ".junie" / "mcp" / "mcp.json", _SERVERS),
            },
            then="Check Settings → Tools → Junie → MCP Settings, or /mcp in Junie CLI.",
            programs=("junie",),
            signs=(home / ".junie",),
            reads_agents=True,
            rules=(RulesFile(project / ".junie" / "guidelines.md"),),
        ),
    ]


def _existing_or_first(folder: Path, *names: str) -> Path:
    """The first of these files that exists, else the first."""
    return next((folder / name for name in names if (folder / name).exists()), folder / names[0])
