using System.Net.Http.Headers;
using System.Net.Http.Json;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>Authentication and the development sign-in on a database of their own, and one endpoint that says who asks.</summary>
internal sealed class AuthenticationHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly OwnData data;

    private AuthenticationHost(WebApplication app, OwnData data)
    {
        this.app = app;
        this.data = data;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    public static Task<AuthenticationHost> Start(TestDatabase database) => Start("Development", new OwnData(database));

    /// <summary>On the data that another host left.</summary>
    public static async Task<AuthenticationHost> Start(string environment, OwnData data)
    {
        ColumnTypes.Register();
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { EnvironmentName = environment, ContentRootPath = data.Folder });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(data.Folder)).SetApplicationName("tests");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(data.Dialect);
        builder.Services.AddSingleton<Resilience>();
        builder.Services.AddSingleton<Database>();
        builder.Services.AddSingleton<MigrationRunner>();
        builder.Services.AddPersonalCareAuthentication();
        builder.Services.AddAuthorization();
        builder.AddDevelopment();
        builder.Services.AddSingleton<IValidator<ClockSetting>, ClockSetting.Validator>();

        var app = builder.Build();
        app.Services.GetRequiredService<MigrationRunner>().Run();
        if (app.Environment.IsDevelopment())
        {
            await app.Services.GetRequiredService<DemoPartners>().Seed(CancellationToken.None);
        }

        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/who", (HttpContext context) => Who.From(context.SignedIn())).RequireAuthorization();
        app.MapDevelopment();
        await app.StartAsync();
        return new AuthenticationHost(app, data);
    }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static Guid NewId() => Ids.New(TimeProvider.System.GetUtcNow());

    public Task<int> Execute(string statement, object? arguments = null) =>
        Get<Database>().ForSystem(SystemReason.DemoData).Execute(statement, arguments, CancellationToken.None);

    public async Task<HttpResponseMessage> Send(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await Client.SendAsync(request);
    }

    /// <summary>Who the server takes the bearer of this token for; null if it does not believe the token.</summary>
    public async Task<Who?> WhoIs(string token)
    {
        using var response = await Send(token);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<Who>() : null;
    }

    public async Task<HttpResponseMessage> AskForToken(
        string form, string contentType = "application/x-www-form-urlencoded", AuthenticationHeaderValue? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/dev/token") { Content = new StringContent(form) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.Authorization = client;
        return await Client.SendAsync(request);
    }

    public async Task<string> TokenOf(string persona)
    {
        using var response = await AskForToken($"grant_type=password&username={persona}&password=any");
        var issued = await response.Content.ReadFromJsonAsync<IssuedToken>();
        return issued!.AccessToken;
    }

    /// <summary>Stops the server and leaves the data.</summary>
    public async Task<OwnData> Stop()
    {
        Client.Dispose();
        await app.DisposeAsync();
        return data;
    }

    public async ValueTask DisposeAsync()
    {
        (await Stop()).Dispose();
    }
}

/// <summary>A caller as the test endpoint tells it.</summary>
internal sealed record Who(
    Guid PartnerId, Guid ApplicationId, bool ApplicationAlone, Guid? PractitionerId, string[] Roles, bool MayDeclareEmergency,
    Guid[] ClientIds, Guid[] RepresentativeIds, string[] Scopes, string[] Purposes, Guid IssuerId)
{
    public bool IsSomebody => ApplicationAlone || PractitionerId is not null || ClientIds.Length + RepresentativeIds.Length > 0;

    public static Who From(SignedIn signedIn)
    {
        var caller = signedIn.Caller;
        return new Who(
            caller.PartnerId, caller.ApplicationId, caller.ApplicationAlone, caller.PractitionerId, [.. caller.PractitionerRoles],
            caller.MayDeclareEmergency, [.. caller.ClientIds], [.. caller.RepresentativeIds], [.. caller.Scopes],
            [.. caller.Purposes.Select(purpose => purpose.Code)], signedIn.IssuerId);
    }
}
