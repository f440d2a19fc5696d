%% One producer, one consumer: a mailbox is a queue without bound.
-module(queue_one_to_one).
-export([main/0]).

produce(To, N, N) -> To ! done;
produce(To, I, N) -> To ! I, produce(To, I + 1, N).

consume(Total) ->
    receive
        done -> Total;
        X -> consume(Total + X)
    end.

main() ->
    Self = self(),
    spawn(fun() -> produce(Self, 0, 1000000) end),
    io:format("~p~n", [consume(0)]).
