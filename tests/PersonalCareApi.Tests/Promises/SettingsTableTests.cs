using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using PersonalCareApi.Configuration;

namespace PersonalCareApi.Tests.Promises;

/// <summary>The README's table has every setting with its default and no other, and no code reads a setting that is not in it.</summary>
[TestFixture]
internal sealed partial class SettingsTableTests
{
    private static readonly Assembly Program = typeof(Settings).Assembly;
    private static readonly Assembly Tests = typeof(SettingsTableTests).Assembly;

    /// <summary>Who asks the configuration beside the settings themselves, and what for.</summary>
    private static readonly Dictionary<string, string> Readers = new()
    {
        ["PersonalCareApi.Protection.MasterKey"] = "the certificates, each a section with a file and a password",
    };

    [Test]
    public void The_table_is_what_the_program_reads()
    {
        var readme = File.ReadAllText(Path.Combine(RealProgram.Root(), "README.md"));
        Assert.That(Differences(readme), Is.Empty);
    }

    [Test]
    public void A_setting_that_is_missing_invented_or_told_with_another_default_is_found()
    {
        var readme = File.ReadAllText(Path.Combine(RealProgram.Root(), "README.md"));
        Assert.That(Differences(readme.Replace("| `Exports:KeptHours` |", "| `Exports:Kept` |", StringComparison.Ordinal)), Is.EquivalentTo(["Exports:KeptHours = 24", "Exports:Kept = 24"]));
        Assert.That(Differences(readme.Replace("| `Exports:KeptHours` | 24 |", "| `Exports:KeptHours` | 48 |", StringComparison.Ordinal)), Has.Count.EqualTo(2));
    }

    [Test]
    public void Every_setting_that_is_declared_is_in_the_list() => Assert.That(
        typeof(Settings).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(field => field.FieldType.IsAssignableTo(typeof(Setting))).Select(field => field.GetValue(null)),
        Is.EquivalentTo(Settings.All));

    [Test]
    public void Nothing_else_asks_the_configuration() => Assert.That(ReadersIn(Program), Is.EquivalentTo(Readers.Keys));

    [Test]
    public void Whoever_asks_it_is_found() => Assert.That(ReadersIn(Tests), Does.Contain(typeof(SettingsTableTests).FullName));

    /// <summary>Planted: reads a setting that stands in no table.</summary>
    private static string? Planted(IConfiguration configuration) => configuration["Hidden:Setting"];

    private static List<string> Differences(string readme)
    {
        var told = Row().Matches(readme.Split("\n## Settings")[1].Split("\n## ")[0]).Select(row => $"{row.Groups["name"].Value} = {row.Groups["otherwise"].Value.Trim('`')}").ToList();
        var read = Settings.All.Select(setting => $"{setting.Name} = {setting.Otherwise}").ToList();
        return [.. told.Except(read).Concat(read.Except(told))];
    }

    private static IEnumerable<string> ReadersIn(Assembly assembly) => Il.Mentions(assembly)
        .Where(mention => mention is { Target: "Microsoft.Extensions.Configuration.IConfiguration", Member: "get_Item" or "GetSection" or "GetChildren" }
            or { Target: "Microsoft.Extensions.Configuration.ConfigurationBinder" or "Microsoft.Extensions.Configuration.ConfigurationExtensions" })
        .Where(mention => mention.InNamespace != typeof(Settings).Namespace)
        .Select(mention => mention.In)
        .Distinct();

    [GeneratedRegex(@"^\| `(?<name>[A-Za-z_:]+)` \| (?<otherwise>[^|]*?) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
