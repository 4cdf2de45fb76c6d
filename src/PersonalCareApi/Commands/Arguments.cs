namespace PersonalCareApi.Commands;

/// <summary>What the program was started with: settings for the configuration, and the operator's command.</summary>
/// <remarks>
/// Split before either is read: the configuration takes any two words for a name and its value, so that
/// <c>--json --Data:Folder x</c> would lose the folder; and an option that is misspelt must not pass for a setting.
/// </remarks>
internal sealed record Arguments(string[] Settings, string[] Command)
{
    // Settings of the host that have no colon in their name. All others of ours have one.
    private static readonly string[] Plain =
        ["urls", "environment", "contentRoot", "applicationName", "webRoot", "AllowedHosts", "http_ports", "https_ports"];

    /// <summary>Whether a command is named; without one the program serves.</summary>
    public bool HasCommand => Command.Length > 0;

    public static Arguments Split(string[] args)
    {
        var (settings, command) = (new List<string>(), new List<string>());
        for (var index = 0; index < args.Length; index++)
        {
            if (!IsSetting(args[index]))
            {
                command.Add(args[index]);
                continue;
            }

            settings.Add(args[index]);
            if (!args[index].Contains('=', StringComparison.Ordinal) && index + 1 < args.Length)
            {
                settings.Add(args[++index]);
            }
        }

        return IsServing(command) ? new Arguments(args, []) : new Arguments([.. settings], [.. command]);
    }

    /// <summary>No command is named, so that whatever is left is a setting with a name that is not known here.</summary>
    private static bool IsServing(List<string> command) =>
        command is [] || (command[0].StartsWith("--", StringComparison.Ordinal) && command[0] is not ("--help" or "--version"));

    private static bool IsSetting(string word)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        var name = word[2..].Split('=')[0];
        return name.Contains(':', StringComparison.Ordinal) || Plain.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
