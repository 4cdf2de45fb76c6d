using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Configuration;

/// <summary>Every setting of this program. Nothing else asks the configuration, so what is not here cannot be set.</summary>
/// <remarks>The README's table is held against this, and a test finds whoever reads a setting elsewhere.</remarks>
internal static class Settings
{
    private const int MostPermits = 1_000_000;
    private const int LongestHours = 30 * 24;
    private const int SecondsOfADay = 24 * 60 * 60;

    public const string Sqlite = "Sqlite";
    public const string SqlServer = "SqlServer";

    public static readonly Setting<string> Urls = Setting.Text("Urls", "http://localhost:5080", "addresses such as http://localhost:5080, with ; between", AreAddresses);
    public static readonly Setting<string> Provider = Setting.Text("Database:Provider", Sqlite, "Sqlite or SqlServer", text => text is Sqlite or SqlServer);
    public static readonly Setting<string?> Connection = Setting.Text("ConnectionStrings:PersonalCare", "a file in the data folder");
    public static readonly Setting<bool?> MigrateOnStart = Setting.Switch("Database:MigrateOnStart", true);
    public static readonly Setting<int?> PermitsPerMinute = Setting.Number("RateLimit:PermitsPerMinute", 1200, 1, MostPermits);
    public static readonly ListSetting Origins = new("Cors:Origins", "an origin such as https://app.example.org", IsOrigin);
    public static readonly Setting<bool?> AllowHttpLoopback = Setting.Switch("Issuers:AllowHttpLoopback", false);
    public static readonly Setting<int?> CheckpointSeconds = Setting.Number("Ledger:CheckpointSeconds", 5, 1, SecondsOfADay);
    public static readonly Setting<string?> WitnessFile = Setting.Text("Ledger:Witness:File");

    // Without TLS only to this machine itself.
    public static readonly Setting<Uri?> WitnessUrl = Setting.Url(
        "Ledger:Witness:Url", "an https URL", url => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

    public static readonly Setting<string?> WitnessAuthorization = Setting.Text("Ledger:Witness:Authorization");
    public static readonly Setting<string?> SigningKey = Setting.Text(CheckpointKeys.Setting);
    public static readonly Setting<int?> KeptHours = Setting.Number("Exports:KeptHours", 24, 1, LongestHours);
    public static readonly Setting<string?> DataFolder = Setting.Text("Data:Folder", "data");
    public static readonly Setting<string?> CertificateFile = Setting.Text($"{MasterKey.CertificateSettings}:File");
    public static readonly Setting<string?> CertificatePassword = Setting.Text($"{MasterKey.CertificateSettings}:Password");
    public static readonly Setting<string?> CertificatePrevious = Setting.Text(PreviousCertificates);
    public static readonly Setting<string?> KeyVaultKey = Setting.Text(MasterKey.KeyVaultSetting);
    public static readonly Setting<string?> SecretsFolder = Setting.Text("Secrets:Folder");
    public static readonly Setting<string?> DevelopmentIssuer = Setting.Text("Development:Issuer", "http://localhost:5080/dev");
    public static readonly Setting<Uri?> Otlp = Setting.Url("OTEL_EXPORTER_OTLP_ENDPOINT", "an http or https URL", IsHttp);
    public static readonly Setting<Uri?> OtlpTraces = Setting.Url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "an http or https URL", IsHttp);
    public static readonly Setting<Uri?> OtlpMetrics = Setting.Url("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "an http or https URL", IsHttp);
    public static readonly Setting<Uri?> OtlpLogs = Setting.Url("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "an http or https URL", IsHttp);
    public static readonly Setting<bool?> OtelDisabled = Setting.Switch("OTEL_SDK_DISABLED", false);

    private const string PreviousCertificates = $"{MasterKey.CertificateSettings}:Previous";

    public static IReadOnlyList<Setting> All { get; } =
    [
        Urls, Provider, Connection, MigrateOnStart, PermitsPerMinute, Origins, AllowHttpLoopback, CheckpointSeconds, WitnessFile, WitnessUrl,
        WitnessAuthorization, SigningKey, KeptHours, DataFolder, CertificateFile, CertificatePassword, CertificatePrevious, KeyVaultKey,
        SecretsFolder, DevelopmentIssuer, Otlp, OtlpTraces, OtlpMetrics, OtlpLogs, OtelDisabled,
    ];

    /// <summary>Everything that is wrong with what is set, one line each, so that nobody mends one to be told of the next.</summary>
    /// <param name="configuration">What is set.</param>
    /// <param name="root">What paths begin at.</param>
    public static IReadOnlyList<string> Faults(IConfiguration configuration, string root) =>
    [
        .. All.Select(setting => setting.FaultIn(configuration)).OfType<string>(),
        .. SecretsFolder.In(configuration) is { } folder && !Directory.Exists(Path.GetFullPath(folder, root)) ? [$"{SecretsFolder.Name} names no folder."] : (string[])[],
        .. Misspelt(configuration),
        .. ConnectionFaults(configuration),
        .. CheckpointKeys.FaultsIn(configuration, root),
        .. MasterKey.FaultsIn(configuration, root),
    ];

    /// <summary>Names in sections of ours that are no setting: a witness whose setting is misspelt would be missed only when it is needed.</summary>
    private static IEnumerable<string> Misspelt(IConfiguration configuration)
    {
        var sections = All.Select(setting => setting.Name.Split(':')).Where(parts => parts is [not "ConnectionStrings", _, ..]).Select(parts => parts[0]);
        return from section in sections.Distinct()
               from one in configuration.GetSection(section).AsEnumerable()
               where one.Value is { Length: > 0 } && !All.Any(setting => IsOf(setting, one.Key))
               select $"{one.Key} is no setting of this program.";
    }

    private static bool IsOf(Setting setting, string key) =>
        key.Equals(setting.Name, StringComparison.OrdinalIgnoreCase)
        || (setting is ListSetting || setting.Name == PreviousCertificates) && key.StartsWith($"{setting.Name}:", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> ConnectionFaults(IConfiguration configuration)
    {
        var provider = configuration[Provider.Name] is { Length: > 0 } named ? named : Sqlite;
        if (Connection.In(configuration) is not { } text)
        {
            if (provider == SqlServer)
            {
                yield return $"{Connection.Name} must be set for {Provider.Name}=SqlServer.";
            }
        }
        else if (provider is Sqlite or SqlServer && !Dialect.Understands(provider, text))
        {
            // Never what it is: it holds a password.
            yield return $"{Connection.Name} is no connection string for {provider}.";
        }
    }

    private static bool AreAddresses(string text)
    {
        try
        {
            return text.Split(';').All(address => BindingAddress.Parse(address).Scheme is "http" or "https");
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether this is an origin as browsers write it; * is none, so that nobody opens a record to every page by a sign.</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsHttp(uri) && text == uri.GetLeftPart(UriPartial.Authority);

    private static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp;
}
