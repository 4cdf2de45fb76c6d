using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;
using PersonalCareApi.Tests.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Protection;

[OnEachDatabase]
internal sealed class DigestsTests(TestDatabase database)
{
    private AuthenticationHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await AuthenticationHost.Start(database);

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private Digests Digests => host.Get<Digests>();

    [Test]
    public void The_same_text_has_the_same_digest_under_one_issuer_and_another_under_the_next()
    {
        var (one, other) = (AuthenticationHost.NewId(), AuthenticationHost.NewId());

        var digest = Digests.OfSubject(one, "a");

        Assert.That(digest, Has.Length.EqualTo(32));
        Assert.That(Digests.OfSubject(one, "a"), Is.EqualTo(digest));
        Assert.That(Digests.OfSubject(one, "A"), Is.Not.EqualTo(digest));
        Assert.That(Digests.OfSubject(other, "a"), Is.Not.EqualTo(digest));
    }

    [Test]
    public void Parts_do_not_run_together()
    {
        Assert.That(Digests.Of("p", "ab", "c"), Is.Not.EqualTo(Digests.Of("p", "a", "bc")));
        Assert.That(Digests.Of("p", "a"), Is.Not.EqualTo(Digests.Of("p", "a", "")));
        Assert.That(Digests.Of("pa"), Is.Not.EqualTo(Digests.Of("p", "a")));
    }

    [Test]
    public async Task Replicas_that_start_together_settle_on_one_key()
    {
        var replicas = Enumerable.Range(0, 8).Select(_ => Replica()).ToList();

        var keys = await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.Get("raced"))));

        Assert.That(keys.Select(Convert.ToHexString).Distinct().Count(), Is.EqualTo(1));
        Assert.That(Replica().Get("raced"), Is.EqualTo(keys[0]));
        Assert.That(Replica().Get("another"), Is.Not.EqualTo(keys[0]));
    }

    [Test]
    public void A_key_that_does_not_open_is_never_replaced()
    {
        var key = Replica().Get("kept");
        var stranger = new InstallationKeys(host.Get<Database>(), new EphemeralDataProtectionProvider(), TimeProvider.System);

        Assert.That(() => stranger.Get("kept"), Throws.InstanceOf<CryptographicException>());
        Assert.That(Replica().Get("kept"), Is.EqualTo(key));
    }

    private InstallationKeys Replica() => new(host.Get<Database>(), host.Get<IDataProtectionProvider>(), TimeProvider.System);
}
