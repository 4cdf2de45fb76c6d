using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Pipeline;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>The whole program on a database and keys of its own, gone when it is disposed.</summary>
internal sealed class ApiHost : WebApplicationFactory<Program>
{
    private readonly string environment;
    private readonly Action<IServiceCollection>? register;

    /// <param name="environment">Which server it is.</param>
    /// <param name="register">Services that take the place of the program's.</param>
    /// <param name="folder">Another host's data, to go on with it; a folder of its own where left out.</param>
    public ApiHost(string environment = "Development", Action<IServiceCollection>? register = null, string? folder = null)
    {
        this.environment = environment;
        this.register = register;
        Folder = folder ?? Directory.CreateTempSubdirectory("personal-care-test-").FullName;
    }

    /// <summary>Where the program keeps its database and keys.</summary>
    public string Folder { get; }

    public string DatabaseFile => Path.Combine(Folder, "personal-care.db");

    /// <summary>Settings beside those every test has, or in their place.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Everything the program logged.</summary>
    public LogEntries Log => Services.GetRequiredService<LogEntries>();

    public AdjustableClock Clock => Services.GetRequiredService<AdjustableClock>();

    /// <summary>A client signed in as a persona.</summary>
    /// <param name="persona">Its name, such as <c>practitioner</c>.</param>
    /// <param name="scope">The scopes asked for; all of the persona's application where left out.</param>
    public async Task<Api> As(string persona, string? scope = null)
    {
        var client = CreateClient();
        var form = new Dictionary<string, string> { ["grant_type"] = "password", ["username"] = persona, ["password"] = "any" };
        if (scope is not null)
        {
            form["scope"] = scope;
        }

        using var content = new FormUrlEncodedContent(form);
        using var response = await client.PostAsync(new Uri("/dev/token", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        var token = await response.Content.ReadFromJsonAsync<JsonElement>();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        return new Api(client);
    }

    /// <summary>A client that nobody signed in.</summary>
    public Api Anonymous() => new(CreateClient());

    /// <summary>A client of the first partner's, created by its platform, with the practitioner persona in care.</summary>
    /// <param name="subject">The persona that is this client from then on, beside whatever else it is.</param>
    /// <param name="externalId">The partner's id for the client.</param>
    /// <param name="birthDate">An adult's where left out.</param>
    public async Task<Guid> NewClient(string subject = "client", string? externalId = null, string birthDate = "1990-01-01")
    {
        var platform = await As("platform");
        var created = await platform.Post("/v1/clients", new
        {
            subject,
            externalId,
            birthDate,
            careRelationships = new[] { new { practitionerId = Personas.PractitionerId } },
        }, ("Purpose-Of-Use", "TREAT"));
        return created.Expect(System.Net.HttpStatusCode.Created).Json.GetProperty("id").GetGuid();
    }

    /// <summary>Opens the program's database beside it.</summary>
    public SqliteConnection OpenDatabase()
    {
        var connection = new SqliteConnection($"Data Source={DatabaseFile}");
        connection.Open();
        return connection;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(environment);
        builder.UseSetting("Data:Folder", Folder);
        builder.UseSetting("Database:Provider", "Sqlite");

        // Tests ask faster than people; what comes of a small quota is a test of its own.
        builder.UseSetting("RateLimit:PermitsPerMinute", "1000000");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureServices(services =>
        {
            services.AddSingleton<LogEntries>();
            services.AddSingleton<ILoggerProvider>(provider => provider.GetRequiredService<LogEntries>());
            register?.Invoke(services);
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(Folder))
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
