using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>The master key: a Data Protection key ring beside the database, never in it, which wraps every other key.</summary>
internal sealed class MasterKey(IKeyManager ring, InstallationKeys installation, DataFolder folder, TimeProvider time)
{
    public const string CertificateSettings = "Protection:Certificate";
    public const string KeyVaultSetting = "Protection:KeyVaultKey";
    private const string RingFolder = "keys";

    /// <summary>Longer than a running server goes without reading the ring again, which is a day.</summary>
    private static readonly TimeSpan UntilEveryServerKnows = TimeSpan.FromDays(2);

    private static readonly TimeSpan InUseFor = TimeSpan.FromDays(90);

    /// <summary>Sets the ring up: where it lies, and what its files are encrypted with.</summary>
    public static void Register(WebApplicationBuilder builder, DataFolder folder)
    {
        var configuration = builder.Configuration;
        var protection = builder.Services.AddDataProtection()
            .SetApplicationName("PersonalCareApi")
            .PersistKeysToFileSystem(new DirectoryInfo(folder.File(RingFolder)));
        var root = builder.Environment.ContentRootPath;
        if (Certificate(configuration.GetSection(CertificateSettings), root) is { } certificate)
        {
            protection.ProtectKeysWithCertificate(certificate);
        }

        var previous = Previous(configuration).Select(section => PreviousCertificate(section, root)).ToArray();
        if (previous.Length > 0)
        {
            protection.UnprotectKeysWithAnyCertificate(previous);
        }
    }

    /// <summary>What is wrong with the settings of the certificates.</summary>
    public static IEnumerable<string> FaultsIn(IConfiguration configuration, string root)
    {
        if (Settings.KeyVaultKey.In(configuration) is not null)
        {
            // Never ignored: whoever sets it believes that the ring is not readable without the vault.
            yield return $"{KeyVaultSetting} is set, and this build has no key vault. Take it away, or set {CertificateSettings}:File.";
        }

        Func<X509Certificate2?>[] certificates =
        [
            () => Certificate(configuration.GetSection(CertificateSettings), root),
            .. Previous(configuration).Select(section => (Func<X509Certificate2?>)(() => PreviousCertificate(section, root))),
        ];
        foreach (var read in certificates)
        {
            string? fault = null;
            try
            {
                read()?.Dispose();
            }
            catch (InvalidOperationException refused)
            {
                fault = refused.Message;
            }

            if (fault is not null)
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<IConfigurationSection> Previous(IConfiguration configuration) =>
        configuration.GetSection($"{CertificateSettings}:Previous").GetChildren();

    private static X509Certificate2 PreviousCertificate(IConfigurationSection section, string root) => Certificate(section, root)
        ?? throw new InvalidOperationException($"{section.Path}:File must name the certificate's file (PKCS#12).");

    /// <summary>Makes sure that this program can open what it is about to rely on.</summary>
    /// <exception cref="MasterKeyUnavailable">It cannot; the message names the setting.</exception>
    /// <remarks>
    /// Asked before anything is wrapped or unwrapped: a ring of which no key opens would be given a new key, and what
    /// was written from then on would be lost with it.
    /// </remarks>
    public async Task Check(bool withDatabase, CancellationToken ct)
    {
        var keys = ring.GetAllKeys().Where(key => !key.IsRevoked).ToList();
        foreach (var key in keys.Where(key => !Opens(key)))
        {
            throw new MasterKeyUnavailable(
                $"The master key {key.KeyId} in {Folder} does not open. Set {CertificateSettings}:File, or add to "
                + $"{CertificateSettings}:Previous, the certificate that it is encrypted with.");
        }

        if (!withDatabase)
        {
            return;
        }

        var names = await installation.Names(ct);
        if (names.Count > 0 && (keys.Count == 0 || !names.All(installation.Opens)))
        {
            throw new MasterKeyUnavailable(
                $"The master keys in {Folder} are not those of this database. Give Data:Folder the key ring that belongs to it.");
        }
    }

    /// <summary>Makes a new master key, and tells from when on it is used.</summary>
    /// <remarks>Not at once by default: a running server reads the ring once a day, and could not open what is wrapped with it.</remarks>
    public DateTimeOffset Renew(bool atOnce)
    {
        var now = time.GetUtcNow();
        var from = atOnce ? now : now + UntilEveryServerKnows;
        ring.CreateNewKey(from, from + InUseFor);
        return from;
    }

    /// <summary>The key wrapped with the master key of now; null where it is already.</summary>
    /// <exception cref="CryptographicException">It does not open.</exception>
    public static byte[]? WrapAgain(IDataProtector protector, byte[] wrapped)
    {
        var key = ((IPersistedDataProtector)protector).DangerousUnprotect(
            wrapped, ignoreRevocationErrors: false, out var isOld, out _);
        return isOld ? protector.Protect(key) : null;
    }

    private string Folder => Path.Combine(folder.Path, RingFolder);

    private static bool Opens(IKey key)
    {
        try
        {
            return key.CreateEncryptor() is not null;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // Whatever the form of the file makes the framework throw, the key does not open.
            return false;
        }
    }

    private static X509Certificate2? Certificate(IConfigurationSection section, string root)
    {
        var password = section["Password"];
        if (section["File"] is not { Length: > 0 } file)
        {
            return password is null ? null : throw new InvalidOperationException($"{section.Path}:Password is set without {section.Path}:File.");
        }

        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12(File.ReadAllBytes(Path.Combine(root, file)), password);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{section.Path}:File names no file that can be read: {file}.", error);
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException(
                $"{section.Path}:File is no certificate in PKCS#12 that {section.Path}:Password opens: {file}.", error);
        }

        using var key = certificate.GetRSAPrivateKey();
        return key is not null
            ? certificate
            : throw new InvalidOperationException($"{section.Path}:File holds no private RSA key: {file}.");
    }
}

/// <summary>The master key that this installation was set up with is not at hand.</summary>
internal sealed class MasterKeyUnavailable(string message) : Exception(message);

/// <summary>Refuses to start where the keys do not open, before anything could be written with others.</summary>
internal sealed partial class MasterKeyOnStart(MasterKey master, MigrationState migrations, ILogger<MasterKeyOnStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => master.Check(HasDatabase(), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A database that is not there yet, or is away, has no keys to be checked: starting does not wait for it.</summary>
    private bool HasDatabase()
    {
        try
        {
            return migrations.UpToDate;
        }
        catch (System.Data.Common.DbException error)
        {
            LogUnchecked(logger, error.GetType().Name);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database does not answer ({Error}): its keys are not checked.")]
    private static partial void LogUnchecked(ILogger logger, string error);
}
