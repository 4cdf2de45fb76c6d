using System.Data.Common;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Pipeline;

namespace PersonalCareApi.Tests.TestHost;

/// <summary>The whole program on a database and keys of its own, gone when it is disposed.</summary>
internal sealed class ApiHost : WebApplicationFactory<Program>
{
    private readonly string environment;
    private readonly Action<IServiceCollection>? register;
    private readonly bool ownsData;

    /// <param name="database">What it runs on.</param>
    /// <param name="environment">Which server it is.</param>
    /// <param name="register">Services that take the place of the program's.</param>
    public ApiHost(TestDatabase database, string environment = "Development", Action<IServiceCollection>? register = null)
        : this(new OwnData(database), environment, register) => ownsData = true;

    /// <summary>Goes on with data that somebody else disposes of.</summary>
    /// <inheritdoc cref="ApiHost(TestDatabase, string, Action{IServiceCollection})"/>
    public ApiHost(OwnData data, string environment = "Development", Action<IServiceCollection>? register = null)
    {
        this.environment = environment;
        this.register = register;
        Data = data;
    }

    /// <summary>Where the program keeps its database and keys.</summary>
    public OwnData Data { get; }

    /// <summary>Settings beside those every test has, or in their place.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Everything the program logged.</summary>
    public LogEntries Log { get; } = new();

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
    public DbConnection OpenDatabase() => Data.Open();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(environment);

        // Tests ask faster than people; what comes of a small quota is a test of its own.
        builder.UseSetting("RateLimit:PermitsPerMinute", "1000000");

        // Tests make checkpoints when they want one; that they come by themselves is a test of its own.
        builder.UseSetting("Ledger:CheckpointSeconds", "3600");
        foreach (var (name, value) in Data.Settings.Concat(Settings))
        {
            builder.UseSetting(name, value);
        }

        builder.ConfigureServices(services =>
        {
            services.AddSingleton<ILoggerProvider>(Log);
            register?.Invoke(services);
        });
    }

    /// <exception cref="InvalidOperationException">The program did not start; the message is what it logged.</exception>
    protected override IHost CreateHost(IHostBuilder builder)
    {
        var host = Operator.Start(() => base.CreateHost(builder));
        try
        {
            host.Services.GetRequiredService<IHostApplicationLifetime>();
            return host;
        }
        catch (ObjectDisposedException ended)
        {
            // A program that cannot start ends as quietly as one that was told to stop.
            throw new InvalidOperationException($"The program did not start.\n{Log.All}", ended);
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && ownsData)
        {
            Data.Dispose();
        }
    }
}
