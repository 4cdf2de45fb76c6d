using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Partners;

/// <summary>Keys that a provider publishes: rotated, withdrawn, out of reach.</summary>
[OnEachDatabase]
internal sealed class DiscoveryTests(TestDatabase database)
{
    private Installation installation = null!;
    private OpenIdProvider provider = null!;

    [SetUp]
    public async Task Start()
    {
        installation = new Installation(database);
        provider = await OpenIdProvider.Start();
        var operations = installation.Operator;
        (await operations.Run("migrate")).Expect(0);
        (await operations.Run("partner", "add", "harbour", "--name", "Harbour")).Expect(0);
        (await operations.Run("issuer", "add", "--partner", "harbour", "--url", provider.Url, "--audience", "api")).Expect(0);
        (await operations.Run("application", "add", "platform", "--partner", "harbour", "--name", "Platform")).Expect(0);
    }

    [TearDown]
    public async Task Stop()
    {
        await installation.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Test]
    public async Task After_a_rotation_the_first_token_of_the_new_key_is_believed_and_the_withdrawn_key_is_not()
    {
        var before = await Token();
        (await Ask(before)).Expect(HttpStatusCode.OK);
        installation.Pass(DiscoveredKeys.BetweenRefreshes);

        provider.Rotate();

        (await Ask(await Token())).Expect(HttpStatusCode.OK);
        (await Ask(before)).Expect(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Tokens_with_unknown_keys_make_the_provider_be_asked_once_a_minute_at_most()
    {
        (await Ask(await Token())).Expect(HttpStatusCode.OK);
        provider.Rotate();
        var unknown = await Token();
        var asked = provider.Asked;

        for (var attempt = 0; attempt < 5; attempt++)
        {
            (await Ask(unknown)).Expect(HttpStatusCode.Unauthorized);
        }

        Assert.That(provider.Asked, Is.EqualTo(asked));
        installation.Pass(DiscoveredKeys.BetweenRefreshes);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (await Ask(unknown)).Expect(HttpStatusCode.OK)));
        Assert.That(provider.Asked, Is.EqualTo(asked + 1), "All wait for the one who asks.");
    }

    [Test]
    public async Task While_a_provider_of_which_nothing_is_known_is_down_nobody_comes_in_and_afterwards_they_do()
    {
        var token = await Token();
        provider.IsDown = true;

        var down = (await Ask(token)).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.That(down.Header("Retry-After"), Is.Not.Null);
        Assert.That(down.Problem, Is.EqualTo("unavailable"));

        provider.IsDown = false;
        installation.Pass(DiscoveredKeys.AfterFailure);
        (await Ask(token)).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Known_keys_bridge_an_outage_of_the_provider_for_a_day_and_no_longer()
    {
        var token = await Token();
        (await Ask(token)).Expect(HttpStatusCode.OK);
        provider.IsDown = true;

        // An hour less what a token may last.
        installation.Pass(TimeSpan.FromMinutes(55));
        (await Ask(token)).Expect(HttpStatusCode.OK);

        var keys = installation.Services.GetRequiredService<DiscoveredKeys>();
        var keyId = new JsonWebToken(token).Kid;
        installation.Pass(TimeSpan.FromHours(23));
        Assert.That(await keys.Of(provider.Url, keyId, CancellationToken.None), Has.Count.EqualTo(1));
        installation.Pass(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<KeysUnavailable>(() => keys.Of(provider.Url, keyId, CancellationToken.None));
    }

    [Test]
    public async Task A_provider_is_not_registered_whose_metadata_cannot_be_read()
    {
        provider.IsDown = true;
        var refused = await installation.Operator.Run(
            "issuer", "add", "--partner", "harbour", "--url", provider.Url, "--audience", "other");

        Assert.That(refused.Expect(1).Error, Does.Contain("url: no-metadata."));
    }

    [Test]
    public async Task A_provider_is_not_registered_whose_metadata_name_another_issuer()
    {
        // The provider calls itself by the same address with a slash.
        var refused = await installation.Operator.Run(
            "issuer", "add", "--partner", "harbour", "--url", provider.Url.TrimEnd('/'), "--audience", "other");

        Assert.That(refused.Expect(1).Error, Does.Contain("url: no-metadata."));
    }

    private Task<string> Token() => provider.TokenOfApplication("platform", "api", "consents:read");

    private Task<Answer> Ask(string token) => installation.With(token).Get("/v1/me");
}
