using System.Reflection;
using PersonalCareApi.Reference.Instruments;

namespace PersonalCareApi.Tests.Promises;

/// <summary>Nobody finds an instrument without saying for which partner.</summary>
public sealed class ShelfTests
{
    [Test]
    public void The_library_is_asked_by_the_shelf_and_its_neighbours_alone()
    {
        Assert.That(Askers(typeof(InstrumentShelf).Assembly.GetTypes()).Where(type => type.Namespace != typeof(InstrumentShelf).Namespace), Is.Empty);
        Assert.That(Askers([typeof(Planted)]), Is.EqualTo([typeof(Planted)]));
    }

    [Test]
    public void No_instrument_of_the_library_is_named_as_a_partners_own() =>
        Assert.That(InstrumentLibrary.Load().All.Where(instrument => InstrumentShelf.IsOwn(instrument.Code)), Is.Empty);

    private static IEnumerable<Type> Askers(IEnumerable<Type> types)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return types.Where(type =>
            type.GetMethods(any).Cast<MethodBase>().Concat(type.GetConstructors(any)).Any(method =>
                method.GetParameters().Any(parameter => parameter.ParameterType == typeof(InstrumentLibrary)))
            || type.GetFields(any).Any(field => field.FieldType == typeof(InstrumentLibrary)));
    }

    private sealed class Planted
    {
        public static bool Knows(InstrumentLibrary library) => library.Find("phq-9") is not null;
    }
}
