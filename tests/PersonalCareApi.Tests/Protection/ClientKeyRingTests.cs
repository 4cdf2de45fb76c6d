using System.Security.Cryptography;
using PersonalCareApi.Domain;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Tests.Protection;

/// <summary>A ring opens exactly what it sealed, with whatever key and however many use it at once.</summary>
[TestFixture]
internal sealed class ClientKeyRingTests
{
    private const string Kind = "assessment";
    private const int Contents = 200;

    private readonly Guid client = Ids.New(TimeProvider.System.GetUtcNow());
    private readonly Dictionary<int, byte[]> keys = new() { [1] = Key(), [2] = Key() };

    [Test]
    public void Many_at_once_each_open_their_own()
    {
        var (older, newer) = (new ClientKeyRing(client, keys, 1), new ClientKeyRing(client, keys, 2));
        var sealedOnes = Enumerable.Range(0, Contents).Select(index =>
        {
            var (id, text) = (Ids.New(TimeProvider.System.GetUtcNow()), RandomNumberGenerator.GetBytes(100 + index));
            return (Id: id, Text: text, Sealed: (index % 2 == 0 ? older : newer).SealBytes(Kind, id, 1, text));
        }).ToList();

        Parallel.For(0, 20 * Contents, turn =>
        {
            var one = sealedOnes[turn % Contents];
            Assert.That(newer.OpenBytes(Kind, one.Id, 1, one.Sealed), Is.EqualTo(one.Text));
            Assert.That(newer.OpenBytes(Kind, one.Id, 2, newer.SealBytes(Kind, one.Id, 2, one.Text)), Is.EqualTo(one.Text));
        });
    }

    [Test]
    public void What_does_not_open_spoils_nothing_for_the_next()
    {
        var ring = new ClientKeyRing(client, keys, 2);
        var (id, text) = (Ids.New(TimeProvider.System.GetUtcNow()), RandomNumberGenerator.GetBytes(100));
        var content = ring.SealBytes(Kind, id, 1, text);

        foreach (var moved in new Action[]
        {
            () => ring.OpenBytes(Kind, Ids.New(TimeProvider.System.GetUtcNow()), 1, content),
            () => ring.OpenBytes(Kind, id, 2, content),
            () => ring.OpenBytes("goal", id, 1, content),
            () => new ClientKeyRing(Ids.New(TimeProvider.System.GetUtcNow()), keys, 2).OpenBytes(Kind, id, 1, content),
            () => new ClientKeyRing(client, new Dictionary<int, byte[]> { [1] = keys[1] }, 2).OpenBytes(Kind, id, 1, content),
        })
        {
            Assert.That(moved, Throws.InstanceOf<CryptographicException>());
            Assert.That(ring.OpenBytes(Kind, id, 1, content), Is.EqualTo(text));
        }
    }

    private static byte[] Key() => RandomNumberGenerator.GetBytes(ClientKeyRing.KeySize);
}
