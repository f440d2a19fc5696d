%% The lecture's pipeline, accum -> mul, with a million numbers.
-module(queue_pipeline).
-export([main/0]).

accum(Output, S) ->
    receive
        done -> Output ! done;
        P -> T = (S + P) rem 1000003, Output ! T, accum(Output, T)
    end.

mul(Output, Factor) ->
    receive
        done -> Output ! done;
        P -> Output ! P * Factor, mul(Output, Factor)
    end.

feed(Output, N, N) -> Output ! done;
feed(Output, I, N) -> Output ! I, feed(Output, I + 1, N).

total(Sum) ->
    receive
        done -> Sum;
        X -> total(Sum + X)
    end.

main() ->
    Self = self(),
    Mul = spawn(fun() -> mul(Self, 3) end),
    Accum = spawn(fun() -> accum(Mul, 0) end),
    spawn(fun() -> feed(Accum, 0, 1000000) end),
    io:format("~p~n", [total(0)]).
