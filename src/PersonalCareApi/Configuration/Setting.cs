using System.Globalization;

namespace PersonalCareApi.Configuration;

/// <summary>A setting of this program: its name, and what is wrong with what somebody set.</summary>
/// <param name="name">As <c>appsettings.json</c> and the command line write it.</param>
/// <param name="otherwise">What holds where nobody sets it, in the words of the README.</param>
internal abstract class Setting(string name, string otherwise)
{
    public string Name { get; } = name;

    public string Otherwise { get; } = otherwise;

    /// <summary>What is wrong with it, in one line that quotes no value, since it may be a secret; null where nothing is.</summary>
    public abstract string? FaultIn(IConfiguration configuration);

    public static Setting<string?> Text(string name, string otherwise = "none") => new(name, otherwise, null, text => text, "a text");

    public static Setting<string> Text(string name, string otherwise, string must, Func<string, bool> holds) =>
        new(name, otherwise, otherwise, text => holds(text) ? text : null, must);

    public static Setting<Uri?> Url(string name, string must, Func<Uri, bool> holds) =>
        new(name, "none", null, text => Uri.TryCreate(text, UriKind.Absolute, out var url) && holds(url) ? url : null, must);

    public static Setting<int?> Number(string name, int otherwise, int least, int most) => new(
        name,
        otherwise.ToString(CultureInfo.InvariantCulture),
        otherwise,
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null,
        $"a number from {least} to {most}");

    public static Setting<bool?> Switch(string name, bool otherwise) => new(
        name, otherwise ? "true" : "false", otherwise, text => bool.TryParse(text, out var on) ? on : null, "true or false");
}

/// <summary>A setting of one value.</summary>
/// <param name="name">As <c>appsettings.json</c> and the command line write it.</param>
/// <param name="otherwise">What holds where nobody sets it, in the words of the README.</param>
/// <param name="value">The same as a value.</param>
/// <param name="read">Reads what somebody set; null where it cannot be that.</param>
/// <param name="must">What it must be.</param>
internal sealed class Setting<T>(string name, string otherwise, T value, Func<string, T?> read, string must) : Setting(name, otherwise)
{
    /// <summary>What it is set to.</summary>
    /// <exception cref="InvalidOperationException">It cannot be that; a program that started has asked before.</exception>
    public T In(IConfiguration configuration) =>
        configuration[Name] is not { Length: > 0 } text ? value : read(text) ?? throw new InvalidOperationException(FaultIn(configuration));

    public override string? FaultIn(IConfiguration configuration) =>
        configuration[Name] is { Length: > 0 } text && read(text) is null ? $"{Name} must be {must}." : null;
}

/// <summary>A setting of several values, named <c>…:0</c>, <c>…:1</c>.</summary>
/// <param name="name">What comes before the number.</param>
/// <param name="must">What each must be.</param>
/// <param name="holds">Whether one is that.</param>
internal sealed class ListSetting(string name, string must, Func<string, bool> holds) : Setting(name, "none")
{
    public IReadOnlyList<string> In(IConfiguration configuration) =>
        [.. configuration.GetSection(Name).GetChildren().Select(one => one.Value ?? "")];

    public override string? FaultIn(IConfiguration configuration) =>
        configuration[Name] is { Length: > 0 } ? $"{Name} is a list: set {Name}:0."
        : In(configuration).All(holds) ? null
        : $"{Name}: each must be {must}.";
}
