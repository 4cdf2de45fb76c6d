using System.Text.Json;
using System.Text.Json.Serialization;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What is left to the deserializer must not become a 500.</summary>
public sealed class ContractTests
{
    internal sealed record Opinionated
    {
        [JsonConstructor]
        public Opinionated(int limit) => Limit = limit < 10 ? limit : throw new ArgumentOutOfRangeException(nameof(limit));

        public int Limit { get; init; }

        public Uri? Link { get; init; }

        public byte[]? Image { get; init; }

        public JsonElement? Free { get; init; }

        [JsonConverter(typeof(Fussy))]
        public string? Odd { get; init; }
    }

    internal sealed class Fussy : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? "number" : throw new JsonException("no");

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    [TestCase("""{"limit":11}""", "# invalid-value")]
    [TestCase("""{"limit":1,"odd":"text"}""", "#/odd invalid-value")]
    [TestCase("""{"limit":1,"odd":"\ud83d"}""", "#/odd invalid-text")]
    [TestCase("""{"limit":1,"link":7}""", "#/link invalid-value")]
    [TestCase("""{"limit":1,"image":"not base64"}""", "#/image invalid-value")]
    [TestCase("""{"limit":1,"free":{"a":[{"b":"\u0000"}],"a":1}}""", "#/free/a/0/b invalid-text|#/free/a duplicate-member")]
    public void A_value_that_only_its_own_code_can_judge_is_still_the_callers_fault(string json, string expected)
    {
        var faults = Contract.Read<Opinionated>(JsonDocument.Parse(json).RootElement, out _).Select(fault => $"{fault.Pointer} {fault.Code}");
        Assert.That(string.Join('|', faults), Is.EqualTo(expected));
    }

    [Test]
    public void What_such_code_accepts_is_read()
    {
        var faults = Contract.Read<Opinionated>(
            JsonDocument.Parse("""{"limit":1,"odd":7,"link":"https://example.org","image":"AAEC","free":{"any":[1,null]}}""").RootElement, out var value);
        Assert.That(faults, Is.Empty);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(value!.Odd, Is.EqualTo("number"));
            Assert.That(value.Image, Has.Length.EqualTo(3));
            Assert.That(value.Free!.Value.GetProperty("any").GetArrayLength(), Is.EqualTo(2));
        }
    }
}
